import { Button, Group, MultiSelect, Popover, Stack, Switch } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { namesQuery } from "@/shared/api/queries";
import { useFormat } from "@/shared/format/use-format";
import { DateRange } from "@/shared/ui/date-range";
import { EventFilters } from "@/shared/ui/event-filters";
import type { UrlSearch } from "@/shared/url/search";
import type { JourneysUrl } from "./url";

interface FiltersProps {
  url: JourneysUrl;
  onChange: (patch: UrlSearch) => void;
}

const NONE: UrlSearch = {
  from: undefined,
  to: undefined,
  channel: undefined,
  source: undefined,
  include: undefined,
  exclude: undefined,
  technical: undefined,
};

/** Which people and events the journeys are computed from. */
export function Filters({ url, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { from, to, channel, source } = url;
  const more = [...url.include, ...url.exclude, url.technical].filter(Boolean).length;
  const any = more > 0 || [from, to, channel, source].some((value) => value !== "");
  return (
    <Group gap="xs">
      <DateRange
        value={{ from, to }}
        onChange={(range) => onChange({ from: range.from || undefined, to: range.to || undefined })}
      />
      <EventFilters value={{ channel, source }} onChange={onChange} />
      <Popover position="bottom-start" shadow="md" trapFocus>
        <Popover.Target>
          <Button variant="default" size="sm" leftSection={<IconFilter size={17} />}>
            {t("journeys.filters")}
            {more > 0 && ` (${format.number(more)})`}
          </Button>
        </Popover.Target>
        <Popover.Dropdown w={340} maw="94vw">
          <More url={url} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
      {any && (
        <Button variant="subtle" size="sm" onClick={() => onChange(NONE)}>
          {t("journeys.clear")}
        </Button>
      )}
    </Group>
  );
}

function More({ url, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const names = useQuery(namesQuery);
  const data = (names.data ?? []).map((one) => one.name);
  const list = { data, searchable: true, clearable: true, comboboxProps: { withinPortal: false } };
  return (
    <Stack gap="sm">
      <MultiSelect
        {...list}
        label={t("journeys.include")}
        value={url.include}
        onChange={(include) => onChange({ include })}
      />
      <MultiSelect
        {...list}
        label={t("journeys.exclude")}
        value={url.exclude}
        onChange={(exclude) => onChange({ exclude })}
      />
      <Switch
        label={t("journeys.technical")}
        checked={url.technical}
        onChange={(event) => onChange({ technical: event.currentTarget.checked ? "1" : undefined })}
      />
    </Stack>
  );
}
