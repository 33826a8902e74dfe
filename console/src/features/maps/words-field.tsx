import { Group, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { usePreferences } from "@/shared/prefs/preferences";
import type { Words } from "./types";

interface WordsFieldProps {
  label: string;
  value: Words | undefined;
  onChange: (words: Words) => void;
}

/** The same words in both languages, the reader's first. */
export function WordsField({ label, value, onChange }: WordsFieldProps) {
  const { t } = useTranslation();
  const { language } = usePreferences();
  const order = language === "fa" ? (["fa", "en"] as const) : (["en", "fa"] as const);
  return (
    <Group grow align="flex-end" gap="xs">
      {order.map((one) => (
        <TextInput
          key={one}
          dir={one === "fa" ? "rtl" : "ltr"}
          lang={one}
          maxLength={2000}
          label={t("maps.inLanguage", { label, language: t(`maps.languages.${one}`) })}
          value={value?.[one] ?? ""}
          onChange={(event) => onChange({ ...value, [one]: event.currentTarget.value })}
        />
      ))}
    </Group>
  );
}
