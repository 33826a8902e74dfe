/** Conditions as people edit them: groups of rows, of which all, any or none must hold. */
import type { Condition, Operator, Scalar, Value } from "./types";

export type Match = "all" | "any" | "none";

/** How often. */
export type Times = Required<NonNullable<Extract<Condition, { kind: "did" }>["count"]>>;

/** What a row speaks of. */
export type Subject =
  | { of: "trait" | "property" | "context"; name: string }
  | { of: "did" | "event" | "channel" | "source" | "time" };

export interface Row {
  id: number;
  subject: Subject | null;
  op: Operator;
  values: Scalar[];
  /** Of `did`: how often, and which of these events count. */
  times: Times;
  where: Branch | null;
  from: string | null;
  to: string | null;
}

export interface Branch {
  id: number;
  match: Match;
  rows: (Row | Branch)[];
}

export const LISTED: readonly Operator[] = ["in", "not_in"];
export const VALUELESS: readonly Operator[] = ["exists", "missing"];

let made = 0;
const fresh = () => {
  made += 1;
  return made;
};

export const isBranch = (part: Row | Branch): part is Branch => "match" in part;

export function emptyRow(): Row {
  return {
    id: fresh(),
    subject: null,
    op: "equals",
    values: [],
    times: { op: "at_least", value: 1 },
    where: null,
    from: null,
    to: null,
  };
}

export function emptyBranch(match: Match = "all"): Branch {
  return { id: fresh(), match, rows: [emptyRow()] };
}

function listOf(value: Value | undefined): Scalar[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** A condition that names events alone, and what else must hold of them. */
export function eventParts(condition: Condition): { names: string[]; where: Condition | null } {
  if (condition.kind === "event") return { names: condition.names, where: null };
  if (condition.kind !== "all") return { names: [], where: condition };
  const [first, ...rest] = condition.of;
  if (first?.kind !== "event") return { names: [], where: condition };
  const where = rest.length === 1 ? (rest[0] ?? null) : { kind: "all" as const, of: rest };
  return { names: first.names, where: rest.length === 0 ? null : where };
}

/** The other way round: events of these names of which also `where` holds. */
export function eventCondition(names: string[], where: Condition | null): Condition | null {
  if (names.length === 0) return where;
  const named: Condition = { kind: "event", names };
  if (where === null) return named;
  return { kind: "all", of: [named, ...(where.kind === "all" ? where.of : [where])] };
}

function rowOf(condition: Condition): Row {
  const row = emptyRow();
  switch (condition.kind) {
    case "property":
    case "context":
      return {
        ...row,
        subject: { of: condition.kind, name: condition.path },
        op: condition.op,
        values: listOf(condition.value),
      };
    case "trait":
      return {
        ...row,
        subject: { of: "trait", name: condition.name },
        op: condition.op,
        values: listOf(condition.value),
      };
    case "event":
    case "channel":
      return { ...row, subject: { of: condition.kind }, op: "in", values: condition.names };
    case "source":
      return { ...row, subject: { of: "source" }, op: "in", values: condition.ids };
    case "time":
      return {
        ...row,
        subject: { of: "time" },
        from: condition.from ?? null,
        to: condition.to ?? null,
      };
    case "did": {
      const { names, where } = condition.event
        ? eventParts(condition.event)
        : { names: condition.names ?? [], where: null };
      return {
        ...row,
        subject: { of: "did" },
        values: names,
        times: { ...row.times, ...condition.count },
        where: where && branchOf(where),
        from: condition.from ?? null,
        to: condition.to ?? null,
      };
    }
    default:
      return row;
  }
}

function partOf(condition: Condition): Row | Branch {
  const nested = condition.kind === "all" || condition.kind === "any" || condition.kind === "not";
  return nested ? branchOf(condition) : rowOf(condition);
}

/** A condition as it is edited. */
export function branchOf(condition: Condition | null): Branch {
  if (condition === null) return emptyBranch();
  if (condition.kind === "all" || condition.kind === "any")
    return { id: fresh(), match: condition.kind, rows: condition.of.map(partOf) };
  if (condition.kind !== "not") return { id: fresh(), match: "all", rows: [rowOf(condition)] };
  const rows = condition.of.kind === "any" ? condition.of.of : [condition.of];
  return { id: fresh(), match: "none", rows: rows.map(partOf) };
}

function comparison(row: Row): { op: Operator; value?: Value } | null {
  if (VALUELESS.includes(row.op)) return { op: row.op };
  const values = row.values.filter((value) => value !== "");
  if (row.op === "between") return values.length === 2 ? { op: row.op, value: values } : null;
  const [first] = values;
  if (first === undefined) return null;
  return { op: row.op, value: LISTED.includes(row.op) ? values : first };
}

function didOf(row: Row): Condition | null {
  const names = row.values.map(String);
  const where = row.where && conditionOf(row.where);
  const event = eventCondition(names, where);
  if (event === null) return null;
  const span = {
    ...(row.from === null ? {} : { from: row.from }),
    ...(row.to === null ? {} : { to: row.to }),
  };
  const which = where === null ? { names } : { event };
  return { kind: "did", ...which, count: row.times, ...span };
}

function leafOf(row: Row): Condition | null {
  const { subject, values } = row;
  if (subject === null) return null;
  switch (subject.of) {
    case "trait": {
      const said = comparison(row);
      return said && { kind: "trait", name: subject.name, ...said };
    }
    case "property":
    case "context": {
      const said = comparison(row);
      return said && { kind: subject.of, path: subject.name, ...said };
    }
    case "event":
    case "channel":
      return values.length === 0 ? null : { kind: subject.of, names: values.map(String) };
    case "source":
      return values.length === 0 ? null : { kind: "source", ids: values.map(Number) };
    case "time":
      return row.from === null && row.to === null
        ? null
        : { kind: "time", from: row.from, to: row.to };
    default:
      return didOf(row);
  }
}

/** What is complete of a draft, as a condition; null when nothing is. */
export function conditionOf(branch: Branch): Condition | null {
  const parts = branch.rows
    .map((part) => (isBranch(part) ? conditionOf(part) : leafOf(part)))
    .filter((part) => part !== null);
  const [first] = parts;
  if (first === undefined) return null;
  if (branch.match === "none")
    return { kind: "not", of: parts.length === 1 ? first : { kind: "any", of: parts } };
  return parts.length === 1 ? first : { kind: branch.match, of: parts };
}
