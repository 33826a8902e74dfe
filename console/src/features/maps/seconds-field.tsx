import { Group, NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const UNITS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
type Unit = keyof typeof UNITS;
const NAMES = Object.keys(UNITS) as Unit[];

/** The largest unit that a span is a whole number of. */
function unitOf(seconds: number | null): Unit {
  if (seconds === null) return "minute";
  return [...NAMES].reverse().find((unit) => seconds % UNITS[unit] === 0) ?? "second";
}

interface SecondsFieldProps {
  label: string;
  value: number | null;
  onChange: (seconds: number | null) => void;
}

/** A span of time in the unit people think in; empty is none. */
export function SecondsField({ label, value, onChange }: SecondsFieldProps) {
  const { t } = useTranslation();
  const [unit, setUnit] = useState<Unit>(() => unitOf(value));
  const write = (amount: number | string, of: Unit) =>
    onChange(typeof amount === "number" && amount > 0 ? amount * UNITS[of] : null);
  const amount = value === null ? "" : value / UNITS[unit];
  return (
    <Group gap={4} align="flex-end" wrap="nowrap">
      <NumberInput label={label} min={0} value={amount} onChange={(next) => write(next, unit)} />
      <Select
        w={110}
        aria-label={t("maps.unit", { label })}
        allowDeselect={false}
        data={NAMES.map((one) => ({ value: one, label: t(`maps.units.${one}`) }))}
        value={unit}
        onChange={(next) => {
          const chosen = NAMES.find((one) => one === next) ?? unit;
          setUnit(chosen);
          write(amount, chosen);
        }}
      />
    </Group>
  );
}
