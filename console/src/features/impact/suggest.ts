import type { Proposal } from "./url";

const TROUBLE = /fail|error|bug|declin|late|complain|خطا|ناموفق|شکایت|باگ/i;
const BEGINS = [
  /checkout.*(start|begin|open)|(begin|start).*checkout/i,
  /checkout|تسویه/i,
  /cart|basket|سبد/i,
];

/** What to ask before anything was chosen: of the goal, from where it is begun, and of trouble. */
export function propose(
  goal: string,
  steps: readonly string[],
  names: readonly string[],
): Proposal {
  const way = steps.filter((name) => name !== goal);
  const known = [...way, ...names];
  const begins = BEGINS.map((words) => known.find((name) => words.test(name)));
  const entry = begins.find((name) => name !== undefined) ?? way.at(-2) ?? way.at(-1) ?? "";
  const bad = names.find((name) => TROUBLE.test(name)) ?? "";
  return { goal, entry, bad };
}
