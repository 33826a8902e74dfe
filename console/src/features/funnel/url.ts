import { type CompareUrl, compareBody, parseCompare } from "@/shared/query/compare";
import { parseScope, scopeBody } from "@/shared/query/scope";
import { readSpan, writeSpan } from "@/shared/query/span";
import { isStep, readStep, type StepDraft, stepBody, writeStep } from "@/shared/query/step";
import type { Condition, FunnelQuery } from "@/shared/query/types";
import { choice, many, one, type UrlSearch } from "@/shared/url/search";
import { ATTRIBUTIONS, COUNTS, ORDERS, POLICIES, SEMANTICS, TIES } from "./types";

const WEEK_S = 7 * 86_400;

export interface ExclusionDraft extends StepDraft {
  from: number;
  to: number;
}

/** What a funnel is split by. */
export type Split = { of: "property" | "trait"; name: string } | { of: "channel" };

function readExclusion(text: string): ExclusionDraft {
  const [, from = "0", to = "1", rest = text] = /^(\d+)-(\d+):([\s\S]*)$/.exec(text) ?? [];
  return { ...readStep(rest), from: Number(from), to: Number(to) };
}

export function writeExclusion({ from, to, ...step }: ExclusionDraft): string {
  return `${from}-${to}:${writeStep(step)}`;
}

function readSplit(text: string): Split | null {
  if (text === "channel") return { of: "channel" };
  const at = text.indexOf(":");
  const of = text.slice(0, at);
  const isKnown = of === "property" || of === "trait";
  return isKnown && text.length > at + 1 ? { of, name: text.slice(at + 1) } : null;
}

export function writeSplit(split: Split | null): string | undefined {
  if (split === null) return undefined;
  return "name" in split ? `${split.of}:${split.name}` : split.of;
}

/** Everything that the page of the funnel keeps in its address; no steps: those suggested. */
export function parseFunnel(search: UrlSearch) {
  return {
    scope: parseScope(search),
    compare: parseCompare(search),
    steps: many(search, "step").map(readStep),
    goal: one(search, "goal"),
    windowS: readSpan(one(search, "window"), WEEK_S),
    order: choice(search, "order", ORDERS),
    ties: choice(search, "ties", TIES),
    reuse: one(search, "reuse") === "1",
    exclusions: many(search, "without").map(readExclusion),
    policy: choice(search, "policy", POLICIES),
    countBy: choice(search, "count", COUNTS),
    semantics: choice(search, "like", SEMANTICS),
    split: readSplit(one(search, "by")),
    attribution: choice(search, "touch", ATTRIBUTIONS),
    splitStep: Number(one(search, "bystep")) || 0,
    /** The number whose people are shown. */
    cell: one(search, "cell") || null,
    /** Whether it is said why other tools count otherwise, and who is explained. */
    why: one(search, "why") === "1",
    person: one(search, "explain") || null,
  };
}

export type FunnelUrl = ReturnType<typeof parseFunnel>;

/** What is usual is left out of the address. */
export const spanPatch = (seconds: number) => (seconds === WEEK_S ? undefined : writeSpan(seconds));

interface BodyInput {
  url: FunnelUrl;
  steps: readonly StepDraft[];
  zone: string;
  words: (condition: Condition) => string;
}

function splitBody({ split, attribution, splitStep }: FunnelUrl, steps: number): object | null {
  if (split === null) return null;
  const by = split.of === "channel" ? { channel: true } : { [split.of]: split.name };
  return { ...by, attribution, step: Math.min(splitStep, steps - 1) };
}

/** The question to the server; null while no step says anything. */
export function funnelQuery({ url, steps, zone, words }: BodyInput): FunnelQuery | null {
  const said = steps.filter(isStep);
  if (said.length === 0) return null;
  const compare: CompareUrl = url.compare;
  return {
    kind: "funnel",
    scope: scopeBody(url.scope, zone),
    compare: compareBody(compare, { zone, words }),
    steps: said.map((step, at) =>
      stepBody({ ...step, optional: step.optional && at > 0 && at < said.length - 1 }, words),
    ),
    window_s: url.windowS,
    order: url.order,
    ties: url.ties,
    reuse: url.reuse,
    exclusions: url.exclusions
      .filter((one) => isStep(one) && one.from < one.to && one.to < said.length)
      .map(({ from, to, ...step }) => {
        const { optional, label, ...body } = stepBody(step, words);
        return { ...body, from_step: from, to_step: to };
      }),
    exclusion_policy: url.policy,
    count_by: url.countBy,
    breakdown: splitBody(url, said.length),
    semantics: url.semantics,
  };
}
