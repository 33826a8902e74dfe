import type { RetentionResult } from "./types";

/** The part of a table that says something: without rows nobody began in at its top, and without
 * intervals that are over for nobody yet at its end. */
export function trimmed({ cohorts, total, ...rest }: RetentionResult): RetentionResult {
  const first = Math.max(
    0,
    cohorts.findIndex((cohort) => cohort.size.count !== 0),
  );
  const last = Math.max(
    1,
    total.findLastIndex((cell) => cell.share !== null),
  );
  return {
    ...rest,
    total: total.slice(0, last + 1),
    cohorts: cohorts
      .slice(first)
      .map((cohort) => ({ ...cohort, cells: cohort.cells.slice(0, last + 1) })),
  };
}
