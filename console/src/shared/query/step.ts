import { eventCondition } from "./draft";
import type { Condition, Step } from "./types";

/** A step as it is edited: an event, what else must hold of it, and whether it may be left out. */
export interface StepDraft {
  name: string;
  where: Condition | null;
  optional: boolean;
}

export const stepDraft = (name: string): StepDraft => ({ name, where: null, optional: false });

/** Whether a step says anything yet. */
export const isStep = ({ name, where }: StepDraft) => name !== "" || where !== null;

/** The step as the body of a query has it; `words` names one that has no event. */
export function stepBody(draft: StepDraft, words: (condition: Condition) => string): Step {
  const { name, where, optional } = draft;
  const flag = optional ? { optional } : {};
  const condition = where && eventCondition(name === "" ? [] : [name], where);
  if (condition === null || where === null) return { name, ...flag };
  return { label: name || words(where), condition, ...flag };
}

/** A step in an address: the event's name alone wherever that says everything. */
export function writeStep({ name, where, optional }: StepDraft): string {
  if (where === null && !optional && !name.startsWith("{")) return name;
  return JSON.stringify({
    name,
    ...(where === null ? {} : { where }),
    ...(optional ? { optional } : {}),
  });
}

export function readStep(text: string): StepDraft {
  if (!text.startsWith("{")) return stepDraft(text);
  try {
    const { name = "", where = null, optional = false } = JSON.parse(text) as Partial<StepDraft>;
    return { name: String(name), where, optional: optional === true };
  } catch {
    return stepDraft(text);
  }
}
