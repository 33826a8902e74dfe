import { MultiSelect, NumberInput, Select, Stack, Switch } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { propertiesQuery, traitsQuery } from "@/shared/query/api";
import { EventField } from "@/shared/query/event-field";
import { writeSpan } from "@/shared/query/span";
import { SpanField } from "@/shared/query/span-field";
import { isStep, type StepDraft, writeStep } from "@/shared/query/step";
import type { UrlSearch } from "@/shared/url/search";
import classes from "./impact.module.css";
import { OUTCOMES, TOUCHES } from "./types";
import { type ImpactUrl, LOOKBACK_S, type Proposal, SILENCE_S, said, WINDOW_S } from "./url";

interface EditorProps {
  url: ImpactUrl;
  proposal: Proposal;
  onChange: (patch: UrlSearch) => void;
}

/** What is asked: of an outcome, of a bad moment, of conversions. */
export function Editor(props: EditorProps) {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  const Fields = { drivers: DriverFields, taint: TaintFields, attribution: TouchFields }[
    props.url.view
  ];
  return (
    <aside className={classes.editor} aria-label={t("impact.editor")}>
      <details open={!narrow}>
        <summary>{t("impact.question")}</summary>
        <Stack gap="xs">
          <Fields {...props} />
        </Stack>
      </details>
    </aside>
  );
}

const stepPatch = (step: StepDraft) => (isStep(step) ? writeStep(step) : undefined);
const spanPatch = (seconds: number, usual: number) =>
  seconds === usual ? undefined : writeSpan(seconds);

function Named({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <p className={classes.fieldLabel}>{label}</p>
      {children}
    </div>
  );
}

interface PathFieldProps {
  label: string;
  description?: string;
  value: string;
  onChange: (path: string) => void;
}

/** A property of events by its path. */
function PathField({ label, description, value, onChange }: PathFieldProps) {
  const properties = useQuery(propertiesQuery(""));
  const data = (properties.data ?? []).map(({ of, name }) =>
    of === "context" ? `context.${name}` : name,
  );
  return (
    <Select
      label={label}
      description={description}
      searchable
      clearable
      data={value === "" || data.includes(value) ? data : [value, ...data]}
      value={value || null}
      onChange={(path) => onChange(path ?? "")}
    />
  );
}

function DriverFields({ url, proposal, onChange }: EditorProps) {
  const { t } = useTranslation();
  const properties = useQuery(propertiesQuery(""));
  const traits = useQuery(traitsQuery);
  const paths = (properties.data ?? []).map(({ of, name }) =>
    of === "context" ? `context.${name}` : name,
  );
  const goal = said(url.event, proposal.goal);
  const isUsual = url.outcome === "event" && !isStep(url.event);
  return (
    <>
      <Select
        label={t("impact.outcome")}
        allowDeselect={false}
        data={OUTCOMES.map((value) => ({ value, label: t(`impact.outcomes.${value}`) }))}
        value={url.outcome}
        onChange={(outcome) =>
          onChange({ outcome: outcome === OUTCOMES[0] ? undefined : (outcome ?? "") })
        }
      />
      {url.outcome === "event" && (
        <Named label={t("impact.outcomeEvent")}>
          <EventField
            label={t("impact.outcomeEvent")}
            value={goal}
            onChange={(step) => onChange({ event: stepPatch(step) })}
          />
        </Named>
      )}
      {url.outcome === "silence" && (
        <SpanField
          label={t("impact.silence")}
          seconds={url.silenceS}
          onChange={(seconds) => onChange({ silence: spanPatch(seconds, SILENCE_S) })}
        />
      )}
      {url.outcome === "rating" && (
        <PathField
          label={t("impact.rating")}
          value={url.rating}
          onChange={(rating) => onChange({ rating: rating || undefined })}
        />
      )}
      <Named label={t("impact.entry")}>
        <EventField
          label={t("impact.entry")}
          clearable
          value={isUsual ? said(url.entry, proposal.entry) : url.entry}
          onChange={(step) => onChange({ entry: stepPatch(step), event: stepPatch(goal) })}
        />
      </Named>
      <SpanField
        label={t("impact.window")}
        seconds={url.windowS}
        onChange={(seconds) => onChange({ window: spanPatch(seconds, WINDOW_S) })}
      />
      <MultiSelect
        label={t("impact.properties")}
        description={t("impact.propertiesNote")}
        searchable
        clearable
        data={[...new Set([...paths, ...url.properties])]}
        value={url.properties}
        onChange={(property) => onChange({ property })}
      />
      <MultiSelect
        label={t("impact.traits")}
        searchable
        clearable
        data={[...new Set([...(traits.data ?? []).map((one) => one.name), ...url.traits])]}
        value={url.traits}
        onChange={(trait) => onChange({ trait })}
      />
    </>
  );
}

function TaintFields({ url, proposal, onChange }: EditorProps) {
  const { t } = useTranslation();
  const fields = [
    ["bad", said(url.bad, proposal.bad)],
    ["anchor", url.anchor],
    ["good", said(url.good, proposal.goal)],
  ] as const;
  return (
    <>
      {fields.map(([key, value]) => (
        <Named key={key} label={t(`impact.${key}`)}>
          <EventField
            label={t(`impact.${key}`)}
            clearable={key === "anchor"}
            value={value}
            onChange={(step) => onChange({ [key]: stepPatch(step) })}
          />
        </Named>
      ))}
      <PathField
        label={t("impact.ratingOf")}
        description={t("impact.ratingNote")}
        value={url.rating}
        onChange={(rating) => onChange({ rating: rating || undefined })}
      />
      {url.rating !== "" && (
        <PathField
          label={t("impact.subject")}
          description={t("impact.subjectNote")}
          value={url.subject}
          onChange={(subject) => onChange({ subject: subject || undefined })}
        />
      )}
    </>
  );
}

function TouchFields({ url, proposal, onChange }: EditorProps) {
  const { t } = useTranslation();
  return (
    <>
      <Named label={t("impact.conversion")}>
        <EventField
          label={t("impact.conversion")}
          value={said(url.event, proposal.goal)}
          onChange={(step) => onChange({ event: stepPatch(step) })}
        />
      </Named>
      <Select
        label={t("impact.touchBy")}
        allowDeselect={false}
        data={TOUCHES.map((value) => ({ value, label: t(`impact.touches.${value}`) }))}
        value={url.touch}
        onChange={(touch) => onChange({ touch: touch === TOUCHES[0] ? undefined : (touch ?? "") })}
      />
      {url.touch === "property" && (
        <PathField
          label={t("impact.path")}
          value={url.path}
          onChange={(path) => onChange({ path: path || undefined })}
        />
      )}
      <SpanField
        label={t("impact.lookback")}
        seconds={url.lookbackS}
        onChange={(seconds) => onChange({ lookback: spanPatch(seconds, LOOKBACK_S) })}
      />
      <PathField
        label={t("impact.value")}
        value={url.value}
        onChange={(value) => onChange({ value: value || undefined })}
      />
      <NumberInput
        label={t("impact.order")}
        description={t("impact.orderNote")}
        min={1}
        max={4}
        value={url.order}
        onChange={(order) => onChange({ order: Number(order) > 1 ? String(order) : undefined })}
      />
      <Switch
        label={t("impact.keepRepeats")}
        checked={url.keep}
        onChange={(event) => onChange({ keep: event.currentTarget.checked ? "1" : undefined })}
      />
    </>
  );
}
