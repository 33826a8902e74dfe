import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];

export type MapBody = Schemas["MapBody-Input"];
export type Stage = MapBody["stages"][number];
export type Block = Stage["of"][number];
export type Touchpoint = Schemas["TouchpointShape"];
export type Container = Exclude<Block, Touchpoint>;
export type Words = Schemas["WordsShape"];
export type MapShape = Schemas["MapShape"];
export type MapRow = Schemas["MapRow"];
export type Conformance = Schemas["ConformanceShape"];
export type Deviation = Schemas["DeviationShape"];
export type Allowance = Schemas["AllowanceShape"];
export type Drift = Schemas["DriftShape"];
export type DraftGiven = Schemas["DraftNew"];
export type Ledger = Schemas["LedgerShape"];
export type LedgerRow = Schemas["LedgerRowShape"];
export type Speed = Schemas["SpeedShape"];

export const VIEWS = ["board", "deviations", "drift", "ledger", "yaml", "versions"] as const;
export const PARTIES = ["customer", "queue", "handling", "third_party"] as const;
export const DIMENSIONS = ["channel", "touchpoint", "owner"] as const;
export const WRAPS = ["optional", "loop", "any_order", "choice"] as const;
export type Wrap = (typeof WRAPS)[number];

export const isTouchpoint = (block: Block): block is Touchpoint => block.kind === "touchpoint";
