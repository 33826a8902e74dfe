import { Select } from "@mantine/core";

const ZONES = Intl.supportedValuesOf("timeZone");

interface ZoneSelectProps {
  label: string;
  description: string;
  value: string;
  error?: string | undefined;
  onChange: (zone: string) => void;
}

/** The choice that is stored stays among the choices, also when we do not offer it. */
export function withStored(choices: readonly string[], stored: string): string[] {
  return choices.includes(stored) ? [...choices] : [...choices, stored];
}

/** A time zone by its IANA name. */
export function ZoneSelect({ value, onChange, ...texts }: ZoneSelectProps) {
  return (
    <Select
      {...texts}
      searchable
      allowDeselect={false}
      data={withStored(ZONES, value)}
      value={value}
      onChange={(zone) => zone && onChange(zone)}
    />
  );
}
