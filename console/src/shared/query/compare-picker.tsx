import { Button, Group, Popover, SegmentedControl, Select, Stack } from "@mantine/core";
import { IconArrowsLeftRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { DateRange } from "../ui/date-range";
import type { UrlSearch } from "../url/search";
import { groupsQuery } from "./api";
import { type CompareUrl, comparePatch, periodBefore, type Side } from "./compare";
import { ConditionButton } from "./condition-button";
import classes from "./query.module.css";
import type { ScopeUrl } from "./scope";

const WAYS = ["nothing", "period", "groups"] as const;

interface ComparePickerProps {
  compare: CompareUrl;
  scope: ScopeUrl;
  onChange: (patch: UrlSearch) => void;
}

/** With what the answer is compared: another period, or one group of people with another. */
export function ComparePicker({ compare, scope, onChange }: ComparePickerProps) {
  const { t } = useTranslation();
  const set = (next: CompareUrl) => onChange(comparePatch(next));
  const choose = (by: CompareUrl["by"]) => {
    if (by === "period") set({ by, ...periodBefore(scope) });
    else if (by === "groups") set({ by, a: scope.people && { people: scope.people }, b: null });
    else set({ by: "nothing" });
  };
  const isOn = compare.by !== "nothing";
  return (
    <Popover position="bottom-start" shadow="md" trapFocus closeOnClickOutside={false}>
      <Popover.Target>
        <Button
          variant={isOn ? "light" : "default"}
          size="sm"
          leftSection={<IconArrowsLeftRight size={17} />}
        >
          {isOn ? t(`query.compared.${compare.by}`) : t("query.compare")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown miw={300} maw="94vw">
        <Stack gap="sm">
          <SegmentedControl
            size="xs"
            aria-label={t("query.compare")}
            value={compare.by}
            onChange={(by) => choose(by as CompareUrl["by"])}
            data={WAYS.map((value) => ({ value, label: t(`query.compareWays.${value}`) }))}
          />
          {compare.by === "period" && (
            <>
              <span className={classes.soft}>{t("query.comparePeriodNote")}</span>
              <DateRange value={compare} onChange={(range) => set({ by: "period", ...range })} />
            </>
          )}
          {compare.by === "groups" && (
            <>
              <SideField
                label={t("query.sideA")}
                side={compare.a}
                onChange={(a) => set({ ...compare, a })}
              />
              <SideField
                label={t("query.sideB")}
                side={compare.b}
                onChange={(b) => set({ ...compare, b })}
              />
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface SideFieldProps {
  label: string;
  side: Side | null;
  onChange: (side: Side | null) => void;
}

function SideField({ label, side, onChange }: SideFieldProps) {
  const { t } = useTranslation();
  const groups = useQuery({ ...groupsQuery, retry: false });
  const saved = groups.data ?? [];
  return (
    <div>
      <div className={classes.soft}>{label}</div>
      <Group gap="xs">
        {saved.length > 0 && (
          <Select
            aria-label={`${label}: ${t("query.savedGroups")}`}
            placeholder={t("query.savedGroups")}
            w={160}
            clearable
            comboboxProps={{ withinPortal: false }}
            data={saved.map(({ id, name }) => ({ value: id, label: name }))}
            value={side && "group" in side ? side.group : null}
            onChange={(group) => onChange(group === null ? null : { group })}
          />
        )}
        <ConditionButton
          about="people"
          title={label}
          empty={t("query.describePeople")}
          value={side && "people" in side ? side.people : null}
          onChange={(people) => onChange(people && { people })}
        />
      </Group>
    </div>
  );
}
