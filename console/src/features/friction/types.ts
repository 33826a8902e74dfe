import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];

export type Friction = Schemas["FrictionShape"];
export type Problem = Schemas["ProblemShape"];
export type Change = Schemas["ChangeShape"];
export type VerdictGiven = Schemas["VerdictGiven"];
export type Detector = Schemas["DetectorShape"];
export type DetectorGiven = Schemas["DetectorGiven"];
export type RolesRow = Schemas["RolesRow"];
export type RolesRowGiven = Schemas["RolesRowGiven"];
export type EventRole = RolesRow["roles"][number];
export type Containment = Schemas["ContainmentShape"];
export type ContainmentPart = Schemas["ContainmentPart"];
export type CurvePoint = Schemas["CurvePoint"];

export const VIEWS = ["problems", "changes", "containment", "detectors", "roles"] as const;
export const WITHIN_DAYS = ["7", "1", "3", "14"] as const;
