import { ActionIcon, MultiSelect, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { channelsQuery, namesQuery, sourcesQuery } from "../api/queries";
import { useAllowed } from "../api/session";
import { dayIn, instants } from "../format/range";
import { useZone } from "../format/use-format";
import { useWord } from "../i18n/word";
import { DateRange } from "../ui/date-range";
import { propertiesQuery, traitsQuery } from "./api";
import { DidFields } from "./did-fields";
import { emptyRow, type Row, VALUELESS } from "./draft";
import classes from "./query.module.css";
import { type About, SubjectSelect } from "./subject-select";
import type { Operator, Scalar } from "./types";
import { ValueField } from "./value-field";

const OPS: readonly Operator[] = [
  "equals",
  "not_equals",
  "in",
  "not_in",
  "contains",
  "starts_with",
  "ends_with",
  "greater",
  "at_least",
  "less",
  "at_most",
  "between",
  "before",
  "after",
  "exists",
  "missing",
];

export interface RowProps {
  row: Row;
  about: About;
  event: string;
  onChange: (row: Row) => void;
  onRemove: () => void;
}

/** One row of a condition: what, how, with which value. */
export function ConditionRow({ row, about, event, onChange, onRemove }: RowProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.row}>
      <SubjectSelect
        about={about}
        event={event}
        value={row.subject}
        onChange={(subject) => onChange({ ...emptyRow(), id: row.id, subject })}
      />
      {row.subject && <Rest row={row} event={event} onChange={onChange} />}
      <ActionIcon
        variant="subtle"
        color="gray"
        className={classes.remove}
        aria-label={t("query.removeRow")}
        onClick={onRemove}
      >
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}

type RestProps = Pick<RowProps, "row" | "event" | "onChange">;

function Rest({ row, event, onChange }: RestProps) {
  switch (row.subject?.of) {
    case "did":
      return <DidFields row={row} onChange={onChange} />;
    case "time":
      return <TimeField row={row} onChange={onChange} />;
    case "event":
    case "channel":
    case "source":
      return <NamesField row={row} onChange={onChange} />;
    default:
      return <Comparison row={row} event={event} onChange={onChange} />;
  }
}

function Comparison({ row, event, onChange }: RestProps) {
  const { t } = useTranslation();
  const isTrait = row.subject?.of === "trait";
  const traits = useQuery({ ...traitsQuery, enabled: isTrait });
  const properties = useQuery({ ...propertiesQuery(event), enabled: !isTrait });
  const fields = (isTrait ? traits : properties).data ?? [];
  const { subject } = row;
  const found = fields.find(
    (one) => subject && "name" in subject && one.of === subject.of && one.name === subject.name,
  );
  return (
    <>
      <Select
        aria-label={t("query.how")}
        w={140}
        allowDeselect={false}
        data={OPS.map((value) => ({ value, label: t(`query.ops.${value}`) }))}
        value={row.op}
        onChange={(op) => op && onChange({ ...row, op: op as Operator })}
      />
      {!VALUELESS.includes(row.op) && (
        <ValueField
          row={row}
          examples={found?.examples ?? []}
          onChange={(values) => onChange({ ...row, values })}
        />
      )}
    </>
  );
}

/** Events, channels or sources out of those that there are. */
function NamesField({ row, onChange }: Omit<RestProps, "event">) {
  const { t } = useTranslation();
  const word = useWord();
  const of = row.subject?.of;
  const maySee = useAllowed("sources.read") && of === "source";
  const names = useQuery({ ...namesQuery, enabled: of === "event" });
  const channels = useQuery({ ...channelsQuery, enabled: of === "channel" });
  const sources = useQuery({ ...sourcesQuery, enabled: maySee });
  const data = {
    event: (names.data ?? []).map(({ name }) => ({ value: name, label: name })),
    channel: (channels.data ?? []).map((code) => ({
      value: code,
      label: word("channels", code),
    })),
    source: (sources.data ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
  };
  const write = (all: string[]): Scalar[] => (of === "source" ? all.map(Number) : all);
  return (
    <MultiSelect
      aria-label={t("query.value")}
      placeholder={row.values.length === 0 ? t("query.values") : ""}
      searchable
      size="sm"
      miw={200}
      flex={1}
      data={data[of === "channel" || of === "source" ? of : "event"]}
      value={row.values.map(String)}
      onChange={(all) => onChange({ ...row, values: write(all) })}
    />
  );
}

export function TimeField({ row, onChange }: Omit<RestProps, "event">) {
  const zone = useZone();
  const value = {
    from: row.from === null ? "" : dayIn(row.from, zone),
    // What is kept is the first moment that no longer counts.
    to: row.to === null ? "" : dayIn(new Date(new Date(row.to).getTime() - 1).toISOString(), zone),
  };
  return (
    <DateRange
      value={value}
      onChange={(range) => onChange({ ...row, from: null, to: null, ...instants(range, zone) })}
    />
  );
}
