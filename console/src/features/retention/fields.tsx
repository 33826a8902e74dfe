import { NumberInput, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { EventField } from "@/shared/query/event-field";
import { writeSpan } from "@/shared/query/span";
import { SpanField } from "@/shared/query/span-field";
import { writeStep } from "@/shared/query/step";
import type { UrlSearch } from "@/shared/url/search";
import classes from "./retention.module.css";
import { COHORTS, COUNTINGS, MODES, UNITS } from "./types";
import type { RetentionUrl } from "./url";

interface FieldsProps {
  url: RetentionUrl;
  onChange: (patch: UrlSearch) => void;
}

/** What counts as a beginning and as coming back, and by which calendar. */
export function Fields({ url, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const set = (patch: UrlSearch) => onChange({ ...patch, cell: undefined });
  if (url.view === "sessions")
    return (
      <div className={classes.bar}>
        <SpanField
          label={t("retention.gap")}
          seconds={url.gapS}
          onChange={(seconds) => set({ gap: writeSpan(seconds) })}
        />
      </div>
    );
  return (
    <div className={classes.bar}>
      <div className={classes.field}>
        <span className={classes.label}>
          {t(url.view === "cohorts" ? "retention.first" : "retention.of")}
        </span>
        <EventField
          label={t("retention.anything")}
          clearable
          value={url.first}
          onChange={(step) => set({ first: writeStep(step) })}
        />
      </div>
      {url.view === "cohorts" && (
        <div className={classes.field}>
          <span className={classes.label}>{t("retention.again")}</span>
          <EventField
            label={t("retention.anything")}
            clearable
            value={url.again}
            onChange={(step) => set({ again: writeStep(step) })}
          />
        </div>
      )}
      <Select
        label={t("retention.unit")}
        w={150}
        allowDeselect={false}
        data={UNITS.map((value) => ({ value, label: t(`retention.units.${value}`) }))}
        value={url.unit}
        onChange={(unit) => set({ unit: unit === UNITS[0] ? undefined : (unit ?? "") })}
      />
      <NumberInput
        label={t("retention.periods")}
        size="sm"
        w={90}
        min={1}
        max={60}
        hideControls
        value={url.periods}
        onChange={(periods) => periods !== "" && set({ periods: String(periods) })}
      />
      {url.view === "cohorts" && <CohortRules url={url} onChange={set} />}
    </div>
  );
}

function CohortRules({ url, onChange }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("retention.mode")}
        w={190}
        allowDeselect={false}
        data={MODES.map((value) => ({ value, label: t(`retention.modes.${value}`) }))}
        value={url.mode}
        onChange={(mode) => onChange({ mode: mode === MODES[0] ? undefined : (mode ?? "") })}
      />
      <Select
        label={t("retention.cohort")}
        w={170}
        allowDeselect={false}
        data={COHORTS.map((value) => ({ value, label: t(`retention.cohorts.${value}`) }))}
        value={url.cohort}
        onChange={(who) => onChange({ who: who === COHORTS[0] ? undefined : (who ?? "") })}
      />
      <Select
        label={t("retention.counting")}
        w={190}
        allowDeselect={false}
        data={COUNTINGS.map((value) => ({ value, label: t(`retention.countings.${value}`) }))}
        value={url.counting}
        onChange={(count) =>
          onChange({ count: count === COUNTINGS[0] ? undefined : (count ?? "") })
        }
      />
    </>
  );
}
