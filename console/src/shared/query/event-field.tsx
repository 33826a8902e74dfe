import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ConditionButton } from "./condition-button";
import { EventSelect } from "./event-select";
import type { StepDraft } from "./step";

interface EventFieldProps {
  label: string;
  value: StepDraft;
  onChange: (step: StepDraft) => void;
  clearable?: boolean;
}

/** An event, and what else must hold of it. */
export function EventField({ label, value, onChange, clearable = false }: EventFieldProps) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap">
      <EventSelect
        label={label}
        w={200}
        clearable={clearable}
        value={value.name}
        onChange={(name) => onChange({ ...value, name })}
      />
      <ConditionButton
        about="events"
        size="compact-sm"
        title={t("query.whichOfEvents")}
        empty={t("query.onlyWhere")}
        event={value.name}
        value={value.where}
        onChange={(where) => onChange({ ...value, where })}
      />
    </Group>
  );
}
