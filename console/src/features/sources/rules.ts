/** The rules of a source as people type them, and what of it the server must be told. */
import type { components } from "@/shared/api/schema";
import type { Source } from "@/shared/api/types";
import { isNetwork } from "@/shared/format/network";
import { pieces, wholeNumber } from "@/shared/format/typed";

export type SourceChange = components["schemas"]["SourceChange"];

export const BOTS = ["reject", "keep"] as const;
export const UNITS = ["minutes", "hours", "days"] as const;
type Unit = (typeof UNITS)[number];

const UNIT_S: Record<Unit, number> = { minutes: 60, hours: 3600, days: 86_400 };
const MOST_DAYS = 36_500;
const MOST_SILENT_S = 31_622_400;
const MOST_NETWORKS = 200;
const CHANNEL = /^[a-z][a-z0-9_-]{0,39}$/;

/** What stands in the form; empty `keep` keeps for ever, empty `silent` never alerts. */
export interface Rules {
  name: string;
  channel: string;
  zone: string;
  keep: string;
  bots: string;
  networks: string;
  silent: string;
  unit: Unit;
}

/** Fields by the names the server gives them, so that its refusals find their place. */
export const FIELDS = [
  "name",
  "channel",
  "zone",
  "retention_days",
  "bots",
  "internal_networks",
  "silent_after_s",
] as const;
export type Field = (typeof FIELDS)[number];
export type Problems = Partial<Record<Field, string>>;

function silence(seconds: number): Pick<Rules, "silent" | "unit"> {
  const unit = (["days", "hours"] as const).find((one) => seconds % UNIT_S[one] === 0) ?? "minutes";
  if (seconds === 0) return { silent: "", unit: "hours" };
  return { silent: String(Math.ceil(seconds / UNIT_S[unit])), unit };
}

export function rulesOf(source: Source): Rules {
  return {
    name: source.name,
    channel: source.channel,
    zone: source.zone,
    keep: source.retention_days === 0 ? "" : String(source.retention_days),
    bots: source.bots,
    networks: source.internal_networks.join("\n"),
    ...silence(source.silent_after_s),
  };
}

function amount(text: string): number | null {
  return text.trim() === "" ? 0 : wholeNumber(text);
}

/** What is wrong: for each field the text at fault, which may be empty. */
export function problemsOf(rules: Rules): Problems {
  const problems: Problems = {};
  const days = amount(rules.keep);
  const silent = amount(rules.silent);
  const networks = pieces(rules.networks);
  const wrong = networks.find((one) => !isNetwork(one));
  if (rules.name.trim() === "") problems.name = "";
  if (!CHANNEL.test(rules.channel)) problems.channel = rules.channel;
  if (days === null || days > MOST_DAYS) problems.retention_days = rules.keep;
  if (wrong !== undefined) problems.internal_networks = wrong;
  else if (networks.length > MOST_NETWORKS) problems.internal_networks = String(networks.length);
  if (silent === null || silent * UNIT_S[rules.unit] > MOST_SILENT_S)
    problems.silent_after_s = rules.silent;
  return problems;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Only what differs from the source as it is, so that nobody else's change is overwritten. */
export function changesOf(source: Source, rules: Rules): SourceChange {
  const began = rulesOf(source);
  const isSilenceSame = rules.silent === began.silent && rules.unit === began.unit;
  const wanted = {
    name: rules.name.trim(),
    channel: rules.channel,
    zone: rules.zone,
    retention_days: amount(rules.keep) ?? -1,
    bots: rules.bots,
    internal_networks: pieces(rules.networks),
    silent_after_s: isSilenceSame
      ? source.silent_after_s
      : (amount(rules.silent) ?? -1) * UNIT_S[rules.unit],
  };
  const differs = FIELDS.filter((field) => !same(wanted[field], source[field]));
  return Object.fromEntries(differs.map((field) => [field, wanted[field]]));
}

/** The same fields with the values they had, to take a change back. */
export function undoOf(source: Source, change: SourceChange): SourceChange {
  const touched = FIELDS.filter((field) => change[field] !== undefined);
  return {
    ...Object.fromEntries(touched.map((field) => [field, source[field]])),
    ...(change.archived == null ? {} : { archived: source.archived_at !== null }),
  };
}

/** Whether events that are kept now would be removed. */
export function isShorter(source: Source, change: SourceChange): boolean {
  const days = change.retention_days ?? 0;
  return days > 0 && (source.retention_days === 0 || days < source.retention_days);
}
