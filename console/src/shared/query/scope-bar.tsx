import { Button, MultiSelect, Popover, Stack, Switch } from "@mantine/core";
import {
  IconBookmarks,
  IconBroadcast,
  IconFilter,
  IconPlugConnected,
  IconUsers,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { channelsQuery, namesQuery, sourcesQuery } from "../api/queries";
import { useAllowed } from "../api/session";
import { useFormat } from "../format/use-format";
import { useWord } from "../i18n/word";
import { DateRange } from "../ui/date-range";
import type { UrlSearch } from "../url/search";
import { groupsQuery } from "./api";
import { ChoiceButton } from "./choice-button";
import { writeCondition } from "./condition";
import { ConditionButton } from "./condition-button";
import classes from "./query.module.css";
import { isScoped, NO_SCOPE, type ScopeUrl } from "./scope";

interface ScopeBarProps {
  scope: ScopeUrl;
  onChange: (patch: UrlSearch) => void;
  /** More of the same kind, e.g. what to compare with. */
  children?: ReactNode;
}

/** Which events and whose: dates, channels, sources, groups, people, events. It stands in the address. */
export function ScopeBar({ scope, onChange, children }: ScopeBarProps) {
  const { t } = useTranslation();
  const word = useWord();
  const maySeeSources = useAllowed("sources.read");
  const channels = useQuery(channelsQuery);
  const sources = useQuery({ ...sourcesQuery, enabled: maySeeSources });
  const groups = useQuery({ ...groupsQuery, retry: false });
  const { from, to } = scope;
  return (
    <div className={classes.scope}>
      <DateRange
        value={{ from, to }}
        onChange={(range) => onChange({ from: range.from || undefined, to: range.to || undefined })}
      />
      <ChoiceButton
        label={t("common.channel")}
        icon={<IconBroadcast size={17} />}
        data={(channels.data ?? []).map((code) => ({ value: code, label: word("channels", code) }))}
        value={scope.channels}
        onChange={(channel) => onChange({ channel })}
      />
      {maySeeSources && (
        <ChoiceButton
          label={t("common.source")}
          icon={<IconPlugConnected size={17} />}
          data={(sources.data ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
          value={scope.sources}
          onChange={(source) => onChange({ source })}
        />
      )}
      <ConditionButton
        about="people"
        title={t("query.whichPeople")}
        empty={t("query.everybody")}
        icon={<IconUsers size={17} />}
        value={scope.people}
        onChange={(people) => onChange({ people: writeCondition(people) })}
      />
      {(groups.data ?? []).length > 0 && (
        <ChoiceButton
          label={t("query.savedGroups")}
          icon={<IconBookmarks size={17} />}
          data={(groups.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={scope.groups}
          onChange={(group) => onChange({ group })}
        />
      )}
      <Events scope={scope} onChange={onChange} />
      {children}
      {isScoped(scope) && (
        <Button variant="subtle" size="sm" onClick={() => onChange(NO_SCOPE)}>
          {t("query.clear")}
        </Button>
      )}
    </div>
  );
}

function Events({ scope, onChange }: Omit<ScopeBarProps, "children">) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useQuery(namesQuery);
  const data = (names.data ?? []).map((one) => one.name);
  const list = { data, searchable: true, clearable: true, comboboxProps: { withinPortal: false } };
  const asked = [...scope.include, ...scope.exclude, scope.technical, scope.where];
  const count = asked.filter(Boolean).length;
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" size="sm" leftSection={<IconFilter size={17} />}>
          {t("query.events")}
          {count > 0 && ` (${format.number(count)})`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown w={340} maw="94vw">
        <Stack gap="sm">
          <MultiSelect
            {...list}
            label={t("query.include")}
            value={scope.include}
            onChange={(include) => onChange({ include })}
          />
          <MultiSelect
            {...list}
            label={t("query.exclude")}
            value={scope.exclude}
            onChange={(exclude) => onChange({ exclude })}
          />
          <ConditionButton
            about="events"
            title={t("query.whichOfEvents")}
            empty={t("query.whichOfEvents")}
            value={scope.where}
            onChange={(where) => onChange({ where: writeCondition(where) })}
          />
          <Switch
            label={t("query.technical")}
            checked={scope.technical}
            onChange={(event) =>
              onChange({ technical: event.currentTarget.checked ? "1" : undefined })
            }
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
