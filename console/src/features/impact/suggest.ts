import type { Proposal } from "./url";

const TROUBLE = /fail|error|bug|declin|late|complain|خطا|ناموفق|شکایت|باگ/i;
const BEGINS = /checkout|cart|begin|start|basket|سبد|آغاز|شروع/i;

/** What to ask before anything was chosen: of the goal, from where it is begun, and of trouble. */
export function propose(
  goal: string,
  steps: readonly string[],
  names: readonly string[],
): Proposal {
  const way = steps.filter((name) => name !== goal);
  const entry = way.find((name) => BEGINS.test(name)) ?? way.at(-2) ?? way.at(-1) ?? "";
  const bad = names.find((name) => TROUBLE.test(name)) ?? "";
  return { goal, entry, bad };
}
