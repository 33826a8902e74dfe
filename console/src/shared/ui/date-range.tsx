import { Button, Group, Popover, SegmentedControl, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendar } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Format } from "../format/format";
import { type DayRange, dayOf, PRESETS, presetOf, presetRange } from "../format/range";
import { useFormat, useZone } from "../format/use-format";
import { usePreferences } from "../prefs/preferences";
import { useNow } from "../prefs/use-now";
import { DayCalendar } from "./day-calendar";

interface DateRangeProps {
  value: DayRange;
  onChange: (range: DayRange) => void;
}

function dateText(day: string, zone: string, format: Format): string {
  const date = dayOf(day);
  return date ? format.date(date.toDate(zone).getTime()) : "…";
}

/** Which days: a length that ends today, or any two dates in a Jalali or Gregorian calendar. */
export function DateRange({ value, onChange }: DateRangeProps) {
  const { t } = useTranslation();
  const { calendar, setCalendar } = usePreferences();
  const zone = useZone();
  const format = useFormat();
  const now = useNow(60_000);
  const [open, popover] = useDisclosure(false);
  const isAll = value.from === "" && value.to === "";
  const preset = presetOf(value, now, zone);
  const label = isAll
    ? t("common.range.all")
    : preset
      ? t(`common.range.${preset}`)
      : `${dateText(value.from, zone, format)} – ${dateText(value.to, zone, format)}`;
  const choose = (range: DayRange) => {
    onChange(range);
    popover.close();
  };
  return (
    <Popover opened={open} onChange={popover.toggle} position="bottom-start" trapFocus shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconCalendar size={17} />}
          onClick={popover.toggle}
          aria-label={`${t("common.range.label")}: ${label}`}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="94vw">
        <Stack gap="xs" w={324} maw="100%">
          <Group gap={4}>
            <Button
              size="compact-xs"
              variant={isAll ? "filled" : "default"}
              onClick={() => choose({ from: "", to: "" })}
            >
              {t("common.range.all")}
            </Button>
            {PRESETS.map((one) => (
              <Button
                key={one}
                size="compact-xs"
                variant={one === preset ? "filled" : "default"}
                onClick={() => choose(presetRange(one, now, zone))}
              >
                {t(`common.range.${one}`)}
              </Button>
            ))}
          </Group>
          <SegmentedControl
            size="xs"
            aria-label={t("common.range.calendar")}
            value={calendar}
            onChange={setCalendar}
            data={[
              { value: "persian", label: t("common.range.persian") },
              { value: "gregory", label: t("common.range.gregorian") },
            ]}
          />
          <DayCalendar value={value} onChange={choose} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
