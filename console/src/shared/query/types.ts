/** The words in which journeys are asked for and answered, as the server declares them. */
import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type Condition = Schemas["Condition"];
export type Operator = Schemas["ConditionOp"];
export type Scalar = string | number | boolean;
export type Value = Scalar | Scalar[] | null;

export type Scope = Schemas["Scope"];
export type Step = Schemas["Step"];
export type Happening = Schemas["Happening"];
export type CompareGroup = Schemas["GroupSide"];
export type Compare = Schemas["ByGroups"] | Schemas["ByPeriod"];
export type Group = Schemas["Group"];

export type Query = Schemas["Query"];
export type FunnelQuery = Schemas["FunnelQuery"];
export type PathsQuery = Schemas["PathsQuery"];

/** People as a part of people, with a 95 % interval; `cell` names them. */
export type Figure = Schemas["Figure"];
export type Note = Schemas["Note"];
export type Header = Schemas["Header"];
export type Difference = Schemas["Difference"];

type Result = Schemas["Answer"]["result"];
/** What a kind of question is answered with. */
export type ResultOf<K extends Result["kind"]> = Extract<Result, { kind: K }>;

export type Compared<R = Result> = Omit<Schemas["Compared"], "result_b"> & { result_b: R };
export type Answer<R = Result> = Omit<Schemas["Answer"], "result" | "compared"> & {
  result: R;
  compared: Compared<R> | null;
};
