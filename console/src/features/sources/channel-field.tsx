import { Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWord } from "@/shared/i18n/word";
import { withStored } from "@/shared/ui/zone-select";

const CHANNELS = ["web", "app", "server", "store", "call", "chat", "email", "sms", "social"];
const OTHER = "";

interface ChannelFieldProps {
  value: string;
  error?: string | undefined;
  onChange: (channel: string) => void;
}

/** A touchpoint: one we have a word for, or a word of one's own. */
export function ChannelField({ value, error, onChange }: ChannelFieldProps) {
  const { t } = useTranslation();
  const word = useWord();
  const [isOwn, setIsOwn] = useState(false);
  const choose = (channel: string | null) => {
    setIsOwn(channel === OTHER);
    onChange(channel ?? "");
  };
  const known = isOwn ? CHANNELS : withStored(CHANNELS, value);
  return (
    <Group gap="xs" align="flex-start" grow={isOwn}>
      <Select
        flex={1}
        label={t("sources.channel")}
        description={t("sources.channelNote")}
        allowDeselect={false}
        error={isOwn ? undefined : error}
        data={[
          ...known.map((one) => ({ value: one, label: word("channels", one) })),
          { value: OTHER, label: t("sources.channelOther") },
        ]}
        value={isOwn ? OTHER : value}
        onChange={choose}
      />
      {isOwn && (
        <TextInput
          label={t("sources.channelOwn")}
          description={t("sources.channelOwnNote")}
          dir="ltr"
          maxLength={40}
          error={error}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value.toLowerCase())}
        />
      )}
    </Group>
  );
}
