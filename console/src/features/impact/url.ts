import { parseScope, scopeBody } from "@/shared/query/scope";
import { readSpan } from "@/shared/query/span";
import { isStep, readStep, type StepDraft, stepBody } from "@/shared/query/step";
import type { Condition, Happening } from "@/shared/query/types";
import { choice, many, one, type UrlSearch } from "@/shared/url/search";
import {
  type AttributionAsk,
  type DriversAsk,
  type ImpactAsk,
  OUTCOMES,
  type TaintAsk,
  TOUCHES,
  VIEWS,
} from "./types";

const DAY_S = 86_400;
export const WINDOW_S = 7 * DAY_S;
export const SILENCE_S = 30 * DAY_S;
export const LOOKBACK_S = 7 * DAY_S;

/** Everything that the page of impact keeps in its address. */
export function parseImpact(search: UrlSearch) {
  return {
    scope: parseScope(search),
    view: choice(search, "view", VIEWS),
    outcome: choice(search, "outcome", OUTCOMES),
    event: readStep(one(search, "event")),
    entry: readStep(one(search, "entry")),
    rating: one(search, "rating"),
    subject: one(search, "subject"),
    silenceS: readSpan(one(search, "silence"), SILENCE_S),
    windowS: readSpan(one(search, "window"), WINDOW_S),
    properties: many(search, "property"),
    traits: many(search, "trait"),
    bad: readStep(one(search, "bad")),
    anchor: readStep(one(search, "anchor")),
    good: readStep(one(search, "good")),
    touch: choice(search, "touch", TOUCHES),
    path: one(search, "path"),
    value: one(search, "value"),
    lookbackS: readSpan(one(search, "lookback"), LOOKBACK_S),
    order: Math.min(4, Math.max(1, Number(one(search, "order")) || 1)),
    keep: one(search, "keep") === "1",
    /** The number whose people are shown. */
    cell: one(search, "cell") || null,
  };
}

export type ImpactUrl = ReturnType<typeof parseImpact>;

/** What is proposed while the address says nothing. */
export interface Proposal {
  goal: string;
  entry: string;
  bad: string;
}

interface Speaker {
  zone: string;
  words: (condition: Condition) => string;
}

export const said = (step: StepDraft, proposed: string): StepDraft =>
  isStep(step) ? step : readStep(proposed);

function happening(step: StepDraft, words: Speaker["words"]): Happening | null {
  if (!isStep(step)) return null;
  const { name = null, condition = null } = stepBody({ ...step, optional: false }, words);
  return condition === null ? { name } : { condition };
}

function outcomeOf(url: ImpactUrl, goal: Happening | null): DriversAsk["outcome"] | null {
  if (url.outcome === "silence") return { kind: "silence", days: url.silenceS / DAY_S };
  if (url.outcome === "rating")
    return url.rating === "" ? null : { kind: "rating", property: url.rating };
  return goal && { kind: "event", event: goal };
}

function driversAsk(url: ImpactUrl, proposal: Proposal, speaker: Speaker): DriversAsk | null {
  const goal = happening(said(url.event, proposal.goal), speaker.words);
  const outcome = outcomeOf(url, goal);
  if (outcome === null) return null;
  const isUsual = url.outcome === "event" && !isStep(url.event);
  return {
    kind: "drivers",
    scope: scopeBody(url.scope, speaker.zone),
    outcome,
    entry: happening(isUsual ? said(url.entry, proposal.entry) : url.entry, speaker.words),
    candidates: [
      { kind: "events" },
      { kind: "channels" },
      { kind: "first" },
      ...url.properties.map((path) => ({ kind: "property" as const, path })),
      ...url.traits.map((name) => ({ kind: "trait" as const, name })),
    ],
    window_s: url.windowS,
    limit: 200,
  };
}

function taintAsk(url: ImpactUrl, proposal: Proposal, speaker: Speaker): TaintAsk | null {
  const bad = happening(said(url.bad, proposal.bad), speaker.words);
  if (bad === null) return null;
  const isRated = url.rating !== "" && url.subject !== "";
  return {
    kind: "taint",
    scope: scopeBody(url.scope, speaker.zone),
    bad,
    anchor: happening(url.anchor, speaker.words),
    good: happening(said(url.good, proposal.goal), speaker.words),
    rating: isRated ? url.rating : null,
    subject: isRated ? url.subject : null,
  };
}

function attributionAsk(
  url: ImpactUrl,
  proposal: Proposal,
  speaker: Speaker,
): AttributionAsk | null {
  const conversion = happening(said(url.event, proposal.goal), speaker.words);
  if (conversion === null || (url.touch === "property" && url.path === "")) return null;
  return {
    kind: "attribution",
    scope: scopeBody(url.scope, speaker.zone),
    conversion,
    touch: { kind: url.touch, path: url.touch === "property" ? url.path : null },
    lookback_s: url.lookbackS,
    value: url.value || null,
    order: url.order,
    collapse: !url.keep,
  };
}

/** The question to the server; null while it is not complete. */
export function impactAsk(url: ImpactUrl, proposal: Proposal, speaker: Speaker): ImpactAsk | null {
  const ask = { drivers: driversAsk, taint: taintAsk, attribution: attributionAsk }[url.view];
  return ask(url, proposal, speaker);
}
