import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];

export const VIEWS = ["drivers", "taint", "attribution"] as const;
export const OUTCOMES = ["event", "silence", "rating"] as const;
export const TOUCHES = ["channel", "event", "property"] as const;

export type View = (typeof VIEWS)[number];
export type DriversAsk = Schemas["DriversAsk"];
export type AttributionAsk = Schemas["AttributionAsk"];
export type TaintAsk = Schemas["TaintAsk"];
export type ImpactAsk = Schemas["ImpactPeopleAsk"]["question"];
export type Driver = Schemas["DriverTold"];
export type DriversResult = Schemas["DriversResult"];
export type AttributionResult = Schemas["AttributionResult"];
export type TaintResult = Schemas["TaintResult"];
export type TaintPoint = Schemas["TaintPointTold"];
export type ImpactAnswer = Schemas["ImpactAnswer"];
