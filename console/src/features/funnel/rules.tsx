import { Select, Stack, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SpanField } from "@/shared/query/span-field";
import type { UrlSearch } from "@/shared/url/search";
import { COUNTS, ORDERS, SEMANTICS, TIES } from "./types";
import { type FunnelUrl, spanPatch } from "./url";

interface RulesProps {
  url: FunnelUrl;
  onChange: (patch: UrlSearch) => void;
}

/** By which rules a step counts. */
export function Rules({ url, onChange }: RulesProps) {
  const { t } = useTranslation();
  const isOurs = url.semantics === "hamsafar";
  return (
    <Stack gap="xs">
      <SpanField
        label={t("funnel.window")}
        seconds={url.windowS}
        onChange={(seconds) => onChange({ window: spanPatch(seconds) })}
      />
      <Select
        label={t("funnel.order")}
        allowDeselect={false}
        data={ORDERS.map((value) => ({ value, label: t(`funnel.orders.${value}`) }))}
        value={url.order}
        onChange={(order) => onChange({ order: order === ORDERS[0] ? undefined : (order ?? "") })}
      />
      <Select
        label={t("funnel.countBy")}
        allowDeselect={false}
        data={COUNTS.map((value) => ({ value, label: t(`funnel.counts.${value}`) }))}
        value={url.countBy}
        onChange={(count) => onChange({ count: count === COUNTS[0] ? undefined : (count ?? "") })}
      />
      <Select
        label={t("funnel.ties")}
        allowDeselect={false}
        disabled={!isOurs}
        data={TIES.map((value) => ({ value, label: t(`funnel.tieRules.${value}`) }))}
        value={url.ties}
        onChange={(ties) => onChange({ ties: ties === TIES[0] ? undefined : (ties ?? "") })}
      />
      <Select
        label={t("funnel.semantics")}
        allowDeselect={false}
        data={SEMANTICS.map((value) => ({ value, label: t(`funnel.semanticsOf.${value}`) }))}
        value={url.semantics}
        onChange={(like) => onChange({ like: like === SEMANTICS[0] ? undefined : (like ?? "") })}
      />
      <Switch
        label={t("funnel.reuse")}
        checked={url.reuse}
        onChange={(event) => onChange({ reuse: event.currentTarget.checked ? "1" : undefined })}
      />
    </Stack>
  );
}
