import { Group, NativeSelect, Radio, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ZoneSelect } from "@/shared/ui/zone-select";
import { ChannelField } from "./channel-field";
import { BOTS, type Field, type Problems, type Rules, UNITS } from "./rules";

const NETWORK = "192.168.0.0/16";

interface RulesFieldsProps {
  rules: Rules;
  problems: Problems;
  onChange: (patch: Partial<Rules>) => void;
}

/** The fields; each says under itself what is wrong with it and how to mend that. */
export function RulesFields({ rules, problems, onChange }: RulesFieldsProps) {
  const { t } = useTranslation();
  const error = (field: Field) => {
    const text = problems[field];
    return text === undefined
      ? undefined
      : t(`sources.problems.${field}`, { text, example: NETWORK });
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="md">
      <TextInput
        label={t("sources.name")}
        description={t("sources.nameNote")}
        maxLength={200}
        error={error("name")}
        value={rules.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <ChannelField
        value={rules.channel}
        error={error("channel")}
        onChange={(channel) => onChange({ channel })}
      />
      <ZoneSelect
        label={t("sources.zone")}
        description={t("sources.zoneNote")}
        value={rules.zone}
        error={error("zone")}
        onChange={(zone) => onChange({ zone })}
      />
      <TextInput
        label={t("sources.keep")}
        description={t("sources.keepNote")}
        placeholder={t("sources.forEver")}
        inputMode="numeric"
        error={error("retention_days")}
        value={rules.keep}
        onChange={(event) => onChange({ keep: event.currentTarget.value })}
      />
      <Radio.Group
        label={t("sources.bots")}
        description={t("sources.botsNote")}
        error={error("bots")}
        value={rules.bots}
        onChange={(bots) => onChange({ bots })}
      >
        <Stack gap={6} mt={4}>
          {BOTS.map((one) => (
            <Radio key={one} value={one} label={t(`sources.botsChoices.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        size="sm"
        label={t("sources.networks")}
        description={t("sources.networksNote")}
        placeholder={"10.0.0.0/8\n2001:db8::/32"}
        dir="ltr"
        autosize
        minRows={2}
        maxRows={8}
        error={error("internal_networks")}
        value={rules.networks}
        onChange={(event) => onChange({ networks: event.currentTarget.value })}
      />
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          flex={1}
          label={t("sources.silent")}
          description={t("sources.silentNote")}
          placeholder={t("sources.noAlert")}
          inputMode="numeric"
          error={error("silent_after_s")}
          value={rules.silent}
          onChange={(event) => onChange({ silent: event.currentTarget.value })}
        />
        <NativeSelect
          size="sm"
          aria-label={t("sources.silentUnit")}
          data={UNITS.map((value) => ({ value, label: t(`sources.units.${value}`) }))}
          value={rules.unit}
          onChange={(event) =>
            onChange({ unit: UNITS.find((one) => one === event.currentTarget.value) ?? "hours" })
          }
        />
      </Group>
    </SimpleGrid>
  );
}
