import { UnstyledButton } from "@mantine/core";
import { useFormat } from "@/shared/format/use-format";
import { Plain } from "@/shared/ui/names";
import classes from "./journeys.module.css";

interface RanksProps {
  rows: readonly { name: string; count: number }[];
  most?: number;
  onOpen: (name: string) => void;
}

const SHOWN = 8;

/** Steps in order of frequency, with bars. */
export function Ranks({ rows, most = SHOWN, onOpen }: RanksProps) {
  const format = useFormat();
  const ordered = [...rows].sort((a, b) => b.count - a.count).slice(0, most);
  const top = Math.max(1, ordered[0]?.count ?? 1);
  return (
    <ol className={classes.ranks}>
      {ordered.map((row) => (
        <li key={row.name}>
          <UnstyledButton className={classes.rank} onClick={() => onOpen(row.name)}>
            <span className={classes.rankName}>
              <Plain>{row.name}</Plain>
            </span>
            <span>{format.number(row.count)}</span>
            <span
              className={classes.rankBar}
              style={{ inlineSize: `${(100 * row.count) / top}%` }}
              aria-hidden
            />
          </UnstyledButton>
        </li>
      ))}
    </ol>
  );
}
