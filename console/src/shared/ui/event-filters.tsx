import { Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { channelsQuery, namesQuery, sourcesQuery } from "../api/queries";
import { useAllowed } from "../api/session";
import { useWord } from "../i18n/word";

interface EventFilter {
  name?: string;
  channel: string;
  source?: string;
}

interface EventFiltersProps {
  value: EventFilter;
  onChange: (patch: Partial<Record<keyof EventFilter, string | undefined>>) => void;
}

/** Which events: by name, channel and source; what is not in `value` is not offered. */
export function EventFilters({ value, onChange }: EventFiltersProps) {
  const { t } = useTranslation();
  const word = useWord();
  const names = useQuery({ ...namesQuery, enabled: value.name !== undefined });
  const channels = useQuery(channelsQuery);
  const maySeeSources = useAllowed("sources.read") && value.source !== undefined;
  const sources = useQuery({ ...sourcesQuery, enabled: maySeeSources });
  // Two beside each other on a phone.
  const width = { base: "calc(50% - 5px)", xs: 180 };
  const common = { clearable: true, size: "sm", w: width, searchable: true } as const;
  return (
    <Group gap="xs">
      {value.name !== undefined && (
        <Select
          {...common}
          aria-label={t("common.event")}
          placeholder={t("common.event")}
          data={(names.data ?? []).map((one) => one.name)}
          value={value.name || null}
          onChange={(name) => onChange({ name: name ?? undefined })}
        />
      )}
      <Select
        {...common}
        aria-label={t("common.channel")}
        placeholder={t("common.channel")}
        data={(channels.data ?? []).map((code) => ({ value: code, label: word("channels", code) }))}
        value={value.channel || null}
        onChange={(channel) => onChange({ channel: channel ?? undefined })}
      />
      {maySeeSources && (
        <Select
          {...common}
          aria-label={t("common.source")}
          placeholder={t("common.source")}
          data={(sources.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
          value={value.source || null}
          onChange={(source) => onChange({ source: source ?? undefined })}
        />
      )}
    </Group>
  );
}
