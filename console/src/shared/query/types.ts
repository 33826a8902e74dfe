/** The words in which journeys are asked for and answered; the same as the server's. */

export type Operator =
  | "equals"
  | "not_equals"
  | "in"
  | "not_in"
  | "contains"
  | "starts_with"
  | "ends_with"
  | "greater"
  | "at_least"
  | "less"
  | "at_most"
  | "between"
  | "exists"
  | "missing"
  | "before"
  | "after";

export type Scalar = string | number | boolean;
export type Value = Scalar | Scalar[] | null;

interface Comparison {
  op: Operator;
  value?: Value;
}

/** What must be true of an event or of a person. */
export type Condition =
  | { kind: "all" | "any"; of: Condition[] }
  | { kind: "not"; of: Condition }
  | { kind: "event"; names: string[] }
  | ({ kind: "property" | "context"; path: string } & Comparison)
  | ({ kind: "trait"; name: string } & Comparison)
  | { kind: "channel"; names: string[] }
  | { kind: "source"; ids: number[] }
  | { kind: "time"; from?: string | null; to?: string | null }
  | {
      kind: "did";
      names?: string[];
      event?: Condition | null;
      count?: { op: Operator; value: number };
      from?: string | null;
      to?: string | null;
    };

/** Which events and whose. */
export interface Scope {
  from?: string | null;
  to?: string | null;
  include?: string[];
  exclude?: string[];
  channels?: string[];
  sources?: number[];
  technical?: boolean;
  derived?: boolean;
  where?: Condition | null;
  people?: Condition | null;
  groups?: string[];
  grain?: "person" | "session";
  session_gap_s?: number;
  zone?: string | null;
  calendar?: string | null;
}

/** A step: an event by name, or whatever meets a condition. */
export interface Step {
  name?: string;
  label?: string;
  condition?: Condition;
  optional?: boolean;
}

export type CompareGroup = { id?: string; name?: string; people?: Condition };
export type Compare =
  | { by: "groups"; groups: CompareGroup[] }
  | { by: "period"; from: string; to: string };

/** People as a part of people, with a 95 % interval; `cell` names them. */
export interface Figure {
  count: number | null;
  of: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
  open: number;
  cell: string | null;
  suppressed: boolean;
}

export interface Note {
  code: string;
  values: Record<string, string | number>;
}

export interface Header {
  people: number | null;
  events: number | null;
  from: string | null;
  to: string | null;
  as_of: string;
  took_ms: number;
  is_warm: boolean;
  min_people: number;
  notes: Note[];
}

export interface Difference {
  key: string;
  label: string;
  a: Figure;
  b: Figure;
  difference: number | null;
  low: number | null;
  high: number | null;
  p: number | null;
  q: number | null;
  is_significant: boolean;
}

export interface Compared<R> {
  name_a: string;
  name_b: string;
  result_b: R;
  differences: Difference[];
}

export interface Answer<R> {
  kind: string;
  header: Header;
  result: R;
  compared: Compared<R> | null;
}

/** A question; each kind has fields of its own. */
export interface Query {
  kind: string;
  scope: Scope;
  compare?: Compare | null;
  min_people?: number | null;
}

export interface Group {
  id: string;
  name: string;
  condition: Condition;
  people: number | null;
  created_at: string;
  created_by: string;
  updated_at: string;
}
