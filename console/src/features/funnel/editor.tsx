import { Select } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { StepDraft } from "@/shared/query/step";
import { writeStep } from "@/shared/query/step";
import { StepList } from "@/shared/query/step-list";
import type { UrlSearch } from "@/shared/url/search";
import { Exclusions } from "./exclusions";
import classes from "./funnel.module.css";
import { Rules } from "./rules";
import { SplitFields } from "./split-fields";
import type { FunnelUrl } from "./url";

interface EditorProps {
  url: FunnelUrl;
  steps: readonly StepDraft[];
  /** Given while the steps are suggested: what else they could lead to. */
  goals: readonly string[] | null;
  goal: string;
  onChange: (patch: UrlSearch) => void;
}

/** Which steps, and by which rules they count. */
export function Editor({ url, steps, goals, goal, onChange }: EditorProps) {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  return (
    <aside className={classes.editor} aria-label={t("funnel.editor")}>
      <details open={!narrow}>
        <summary>{t("funnel.steps")}</summary>
        {goals && (
          <Select
            label={t("funnel.goal")}
            description={t("funnel.goalNote")}
            searchable
            allowDeselect={false}
            mb={6}
            data={[...goals]}
            value={goal || null}
            onChange={(name) => name && onChange({ goal: name })}
          />
        )}
        <StepList
          steps={steps}
          canBeOptional
          onChange={(next) => onChange({ step: next.map(writeStep), goal: undefined })}
        />
      </details>
      <details open={!narrow}>
        <summary>{t("funnel.rules")}</summary>
        <Rules url={url} onChange={onChange} />
      </details>
      <details open={url.exclusions.length > 0}>
        <summary>{t("funnel.exclusions")}</summary>
        <Exclusions url={url} steps={steps} onChange={onChange} />
      </details>
      <details open={url.split !== null}>
        <summary>{t("funnel.split")}</summary>
        <SplitFields url={url} steps={steps} onChange={onChange} />
      </details>
    </aside>
  );
}
