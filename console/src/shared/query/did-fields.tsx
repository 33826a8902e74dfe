import { Button, MultiSelect, NumberInput, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { namesQuery } from "../api/queries";
import { BranchEditor } from "./condition-builder";
import { TimeField } from "./condition-row";
import { emptyBranch, type Row, type Times } from "./draft";
import classes from "./query.module.css";

const COUNTS = ["at_least", "at_most", "equals"] as const;

interface DidFieldsProps {
  row: Row;
  onChange: (row: Row) => void;
}

/** Which events somebody had, how often, when, and which of them count. */
export function DidFields({ row, onChange }: DidFieldsProps) {
  const { t } = useTranslation();
  const names = useQuery(namesQuery);
  const { times, where } = row;
  const [event = ""] = row.values.map(String);
  return (
    <>
      <MultiSelect
        aria-label={t("query.whichEvents")}
        placeholder={row.values.length === 0 ? t("query.whichEvents") : ""}
        searchable
        size="sm"
        miw={190}
        flex={1}
        data={(names.data ?? []).map((one) => one.name)}
        value={row.values.map(String)}
        onChange={(values) => onChange({ ...row, values })}
      />
      <Select
        aria-label={t("query.howOften")}
        w={110}
        allowDeselect={false}
        data={COUNTS.map((value) => ({ value, label: t(`query.counts.${value}`) }))}
        value={times.op}
        onChange={(op) => op && onChange({ ...row, times: { ...times, op: op as Times["op"] } })}
      />
      <NumberInput
        aria-label={t("query.timesCount")}
        size="sm"
        w={64}
        min={0}
        allowDecimal={false}
        hideControls
        value={times.value}
        onChange={(value) =>
          value !== "" && onChange({ ...row, times: { ...times, value: Number(value) } })
        }
      />
      <span className={classes.unit}>{t("query.timesUnit")}</span>
      <TimeField row={row} onChange={onChange} />
      {where === null ? (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => onChange({ ...row, where: emptyBranch() })}
        >
          {t("query.onlyWhere")}
        </Button>
      ) : (
        <div className={classes.nested}>
          <BranchEditor
            branch={where}
            about="events"
            event={row.values.length === 1 ? event : ""}
            onChange={(next) => onChange({ ...row, where: next })}
            onRemove={() => onChange({ ...row, where: null })}
          />
        </div>
      )}
    </>
  );
}
