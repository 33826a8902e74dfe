import { Select, type SelectProps } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { namesQuery } from "../api/queries";

interface EventSelectProps extends Pick<SelectProps, "w" | "flex" | "placeholder" | "clearable"> {
  label: string;
  value: string;
  onChange: (name: string) => void;
}

/** One event by its name. */
export function EventSelect({ label, value, onChange, ...field }: EventSelectProps) {
  const { t } = useTranslation();
  const names = useQuery(namesQuery);
  const data = (names.data ?? []).map((one) => one.name);
  const known = value === "" || data.includes(value) ? data : [value, ...data];
  return (
    <Select
      {...field}
      aria-label={label}
      placeholder={field.placeholder ?? label}
      searchable
      allowDeselect={field.clearable ?? false}
      nothingFoundMessage={t("query.nothingFound")}
      data={known}
      value={value || null}
      onChange={(name) => onChange(name ?? "")}
    />
  );
}
