import { Group, NumberInput, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SPAN_UNITS, type SpanUnit, spanParts, spanSeconds } from "./span";

interface SpanFieldProps {
  label: string;
  seconds: number;
  onChange: (seconds: number) => void;
}

/** A length of time: a number and its unit. */
export function SpanField({ label, seconds, onChange }: SpanFieldProps) {
  const { t } = useTranslation();
  const { value, unit } = spanParts(seconds);
  return (
    <Group gap={4} wrap="nowrap" align="flex-end">
      <NumberInput
        label={label}
        size="sm"
        w={110}
        min={1}
        max={spanSeconds(3660, "d")}
        hideControls
        value={value}
        onChange={(next) => Number(next) > 0 && onChange(spanSeconds(Number(next), unit))}
      />
      <Select
        aria-label={t("query.unit")}
        w={104}
        allowDeselect={false}
        data={SPAN_UNITS.map((one) => ({ value: one, label: t(`query.units.${one}`) }))}
        value={unit}
        onChange={(next) => next && onChange(spanSeconds(value, next as SpanUnit))}
      />
    </Group>
  );
}
