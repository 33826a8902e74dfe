import { Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { type Field, propertiesQuery, traitsQuery } from "@/shared/query/api";
import type { StepDraft } from "@/shared/query/step";
import type { UrlSearch } from "@/shared/url/search";
import { ATTRIBUTIONS } from "./types";
import { type FunnelUrl, writeSplit } from "./url";

interface SplitFieldsProps {
  url: FunnelUrl;
  steps: readonly StepDraft[];
  onChange: (patch: UrlSearch) => void;
}

/** What the funnel is split by, and whose value counts when a person has several. */
export function SplitFields({ url, steps, onChange }: SplitFieldsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const traits = useQuery(traitsQuery);
  const properties = useQuery(propertiesQuery(""));
  const { split, attribution } = url;
  const listed = (of: Field["of"], fields: readonly Field[] | undefined) =>
    (fields ?? [])
      .filter((field) => field.of === of)
      .map(({ name }) => ({ value: `${of}:${name}`, label: name }));
  return (
    <Stack gap="xs">
      <Select
        label={t("funnel.splitBy")}
        searchable
        clearable
        nothingFoundMessage={t("query.nothingFound")}
        data={[
          { value: "channel", label: t("common.channel") },
          {
            group: t("query.subjects.traits"),
            items: listed("trait", traits.data),
          },
          {
            group: t("query.subjects.properties"),
            items: listed("property", properties.data),
          },
        ]}
        value={writeSplit(split) ?? null}
        onChange={(by) => onChange({ by: by ?? undefined })}
      />
      {split && split.of !== "trait" && (
        <Select
          label={t("funnel.attribution")}
          allowDeselect={false}
          data={ATTRIBUTIONS.map((value) => ({ value, label: t(`funnel.attributions.${value}`) }))}
          value={attribution}
          onChange={(touch) =>
            onChange({ touch: touch === ATTRIBUTIONS[0] ? undefined : (touch ?? "") })
          }
        />
      )}
      {split && split.of !== "trait" && attribution === "step" && (
        <Select
          label={t("funnel.splitStep")}
          allowDeselect={false}
          data={steps.map((step, at) => ({
            value: String(at),
            label: `${format.number(at + 1)}. ${step.name}`,
          }))}
          value={String(Math.min(url.splitStep, steps.length - 1))}
          onChange={(step) => onChange({ bystep: step === "0" ? undefined : (step ?? "") })}
        />
      )}
    </Stack>
  );
}
