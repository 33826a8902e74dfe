import { type CalendarDate, GregorianCalendar, toCalendar } from "@internationalized/date";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useContext } from "react";
import { Button } from "react-aria-components/Button";
import type { DateValue } from "react-aria-components/RangeCalendar";
import {
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  RangeCalendar,
  RangeCalendarStateContext,
} from "react-aria-components/RangeCalendar";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/session";
import { type DayRange, dayOf } from "../format/range";
import { useFormat, useZone } from "../format/use-format";
import classes from "./day-calendar.module.css";

const WEEK_STARTS: Record<string, "sat" | "sun" | "mon"> = {
  saturday: "sat",
  sunday: "sun",
  monday: "mon",
};

interface DayCalendarProps {
  value: DayRange;
  onChange: (range: DayRange) => void;
}

/** One month of days; the calendar comes from the surrounding locale, the week from the workspace. */
export function DayCalendar({ value, onChange }: DayCalendarProps) {
  const { t } = useTranslation();
  const weekStart = WEEK_STARTS[useMe()?.workspace.week_start ?? ""] ?? "sat";
  const start = dayOf(value.from);
  const end = dayOf(value.to);
  return (
    <RangeCalendar
      aria-label={t("common.range.custom")}
      className={classes.calendar}
      firstDayOfWeek={weekStart}
      defaultValue={start && end ? { start, end } : null}
      onChange={(range) => onChange({ from: gregorian(range.start), to: gregorian(range.end) })}
    >
      <header className={classes.head}>
        <Button slot="previous" className={classes.step} aria-label={t("common.range.previous")}>
          <IconChevronLeft size={18} className="mirror" />
        </Button>
        <MonthHeading />
        <Button slot="next" className={classes.step} aria-label={t("common.range.next")}>
          <IconChevronRight size={18} className="mirror" />
        </Button>
      </header>
      <CalendarGrid className={classes.grid} weekdayStyle="narrow">
        <CalendarGridHeader>
          {(day) => <CalendarHeaderCell className={classes.weekday}>{day}</CalendarHeaderCell>}
        </CalendarGridHeader>
        <CalendarGridBody>
          {(date) => <CalendarCell date={date} className={classes.cell} />}
        </CalendarGridBody>
      </CalendarGrid>
    </RangeCalendar>
  );
}

/** The month that is shown, in the order people say it. */
function MonthHeading() {
  const format = useFormat();
  const zone = useZone();
  const state = useContext(RangeCalendarStateContext);
  const shown = state?.visibleRange.start.toDate(zone).getTime();
  return (
    <h3 className={classes.month} aria-live="polite">
      {shown === undefined ? "" : format.month(shown)}
    </h3>
  );
}

/** React Aria answers in the calendar of the value, which may be none yet. */
function gregorian(date: DateValue): string {
  return toCalendar(date as CalendarDate, new GregorianCalendar()).toString();
}
