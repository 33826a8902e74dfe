import { NumberInput, SegmentedControl, Select, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { EventField } from "@/shared/query/event-field";
import { type StepDraft, writeStep } from "@/shared/query/step";
import { StepList } from "@/shared/query/step-list";
import type { UrlSearch } from "@/shared/url/search";
import classes from "./paths.module.css";
import { DIRECTIONS } from "./types";
import type { PathsUrl } from "./url";

interface FieldsProps {
  url: PathsUrl;
  start: StepDraft;
  end: StepDraft;
  steps: readonly StepDraft[];
  onChange: (patch: UrlSearch) => void;
}

const GAPS = ["", "30m", "1h", "1d"] as const;

/** From where to where, how many steps, and what ends a path. */
export function Fields({ url, start, end, steps, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const { direction } = url;
  const gap = GAPS.find((one) => one !== "" && url.gapS > 0 && one === gapText(url.gapS)) ?? "";
  return (
    <>
      <SegmentedControl
        className={classes.which}
        aria-label={t("paths.direction")}
        value={direction}
        onChange={(dir) =>
          onChange({ dir: dir === "forward" ? undefined : dir, start: undefined, cell: undefined })
        }
        data={DIRECTIONS.map((value) => ({ value, label: t(`paths.directions.${value}`) }))}
      />
      {direction === "after_dropoff" && <DropFields url={url} steps={steps} onChange={onChange} />}
      <div className={classes.bar}>
        {direction !== "after_dropoff" && (
          <div className={classes.field}>
            <span className={classes.label}>
              {t(direction === "backward" ? "paths.leadTo" : "paths.beginAt")}
            </span>
            <EventField
              label={t(direction === "backward" ? "paths.leadTo" : "paths.beginAt")}
              value={start}
              onChange={(step) => onChange({ start: writeStep(step), cell: undefined })}
            />
          </div>
        )}
        {direction === "between" && (
          <div className={classes.field}>
            <span className={classes.label}>{t("paths.endAt")}</span>
            <EventField
              label={t("paths.endAt")}
              value={end}
              onChange={(step) => onChange({ end: writeStep(step), cell: undefined })}
            />
          </div>
        )}
        <NumberInput
          label={t("paths.depth")}
          size="sm"
          w={90}
          min={2}
          max={12}
          hideControls
          value={url.depth}
          onChange={(depth) => depth !== "" && onChange({ depth: String(depth), cell: undefined })}
        />
        <NumberInput
          label={t("paths.links")}
          size="sm"
          w={110}
          min={5}
          max={200}
          hideControls
          step={10}
          value={url.limit}
          onChange={(links) => links !== "" && onChange({ links: String(links), cell: undefined })}
        />
        <Select
          label={t("paths.gap")}
          w={170}
          allowDeselect={false}
          data={GAPS.map((value) => ({ value, label: t(`paths.gaps.${value || "never"}`) }))}
          value={gap}
          onChange={(next) => onChange({ gap: next || undefined, cell: undefined })}
        />
        <Switch
          label={t("paths.collapse")}
          checked={url.collapse}
          onChange={(event) =>
            onChange({ each: event.currentTarget.checked ? undefined : "1", cell: undefined })
          }
        />
      </div>
    </>
  );
}

function gapText(seconds: number): string {
  if (seconds === 1800) return "30m";
  return seconds === 3600 ? "1h" : seconds === 86_400 ? "1d" : "";
}

/** After which step of which funnel people stopped. */
function DropFields({ url, steps, onChange }: Pick<FieldsProps, "url" | "steps" | "onChange">) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = Math.max(0, steps.length - 2);
  return (
    <div className={classes.drop}>
      <StepList
        steps={steps}
        onChange={(next) => onChange({ step: next.map(writeStep), cell: undefined })}
      />
      <Select
        label={t("paths.dropAfter")}
        allowDeselect={false}
        data={steps.slice(0, -1).map((step, at) => ({
          value: String(at),
          label: `${format.number(at + 1)}. ${step.name}`,
        }))}
        value={String(Math.min(url.at, last))}
        onChange={(at) => onChange({ at: at === "0" ? undefined : (at ?? ""), cell: undefined })}
      />
    </div>
  );
}
