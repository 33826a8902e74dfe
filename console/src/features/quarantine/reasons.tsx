import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import classes from "./quarantine.module.css";

interface ReasonsProps {
  reasons: readonly { reason: string; count: number }[];
  reason: string;
  onChoose: (reason: string) => void;
}

/** Why events wait, with how many; the chosen reason says how to mend it. */
export function Reasons({ reasons, reason, onChoose }: ReasonsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const all = reasons.reduce((sum, one) => sum + one.count, 0);
  const rows = [
    { reason: "", count: all, label: t("quarantine.allReasons") },
    ...reasons.map((one) => ({ ...one, label: word("reasons", one.reason) })),
  ];
  return (
    <nav aria-label={t("quarantine.reasons")} className={classes.reasons}>
      {rows.map((row) => (
        <UnstyledButton
          key={row.reason}
          className={classes.reason}
          aria-pressed={row.reason === reason}
          onClick={() => onChoose(row.reason)}
        >
          <span>{row.label}</span>
          <b>{format.number(row.count)}</b>
        </UnstyledButton>
      ))}
      {reason !== "" && <p className={classes.advice}>{word("reasonsFix", reason)}</p>}
    </nav>
  );
}
