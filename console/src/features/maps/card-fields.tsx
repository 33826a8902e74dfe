import { Checkbox, Group, MultiSelect, Select, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { channelsQuery, namesQuery } from "@/shared/api/queries";
import { useWord } from "@/shared/i18n/word";
import { SecondsField } from "./seconds-field";
import { PARTIES, type Touchpoint } from "./types";
import { WordsField } from "./words-field";

interface CardFieldsProps {
  card: Touchpoint;
  isGoal: boolean;
  onGoal: (isGoal: boolean) => void;
  onChange: (card: Touchpoint) => void;
}

/** The fields of a touchpoint. */
export function CardFields({ card, isGoal, onGoal, onChange }: CardFieldsProps) {
  const { t } = useTranslation();
  const word = useWord();
  const names = useQuery(namesQuery);
  const channels = useQuery(channelsQuery);
  const set = (patch: Partial<Touchpoint>) => onChange({ ...card, ...patch });
  const known = [...new Set([...(channels.data ?? []), ...(card.channels ?? [])])];
  return (
    <>
      <WordsField label={t("maps.label")} value={card.label} onChange={(label) => set({ label })} />
      <TagsInput
        required={card.events.length === 0}
        label={t("maps.events")}
        description={t("maps.eventsText")}
        data={(names.data ?? []).map((one) => one.name)}
        value={card.events}
        onChange={(events) => set({ events })}
      />
      <MultiSelect
        label={t("maps.channels")}
        description={t("maps.channelsText")}
        data={known.map((value) => ({ value, label: word("channels", value) }))}
        value={card.channels ?? []}
        onChange={(chosen) => set({ channels: chosen })}
      />
      <WordsField
        label={t("maps.information")}
        value={card.information}
        onChange={(information) => set({ information })}
      />
      <WordsField
        label={t("maps.feeling")}
        value={card.feeling}
        onChange={(feeling) => set({ feeling })}
      />
      <Group grow align="flex-start">
        <SecondsField
          label={t("maps.expectedLong")}
          value={card.expected_s ?? null}
          onChange={(expected_s) => set({ expected_s })}
        />
        <SecondsField
          label={t("maps.mostLong")}
          value={card.at_most_s ?? null}
          onChange={(at_most_s) => set({ at_most_s })}
        />
      </Group>
      <Select
        clearable
        label={t("maps.waitsFor")}
        placeholder={t("maps.asRoles")}
        data={PARTIES.map((value) => ({ value, label: t(`maps.parties.${value}`) }))}
        value={card.waits_for ?? null}
        onChange={(party) => set({ waits_for: PARTIES.find((one) => one === party) ?? null })}
      />
      <TextInput
        label={t("maps.owner")}
        maxLength={200}
        value={card.owner ?? ""}
        onChange={(event) => set({ owner: event.currentTarget.value })}
      />
      <WordsField
        label={t("maps.backOffice")}
        value={card.back_office?.[0]}
        onChange={(first) =>
          set({
            back_office: [first, ...(card.back_office ?? []).slice(1)].filter(
              (one) => one.fa || one.en,
            ),
          })
        }
      />
      <TextInput
        dir="ltr"
        label={t("maps.id")}
        description={t("maps.idText")}
        pattern="[a-z0-9][a-z0-9_\-]*"
        value={card.id}
        onChange={(event) => set({ id: event.currentTarget.value })}
      />
      <Checkbox
        label={t("maps.reachesGoal")}
        checked={isGoal}
        onChange={(event) => onGoal(event.currentTarget.checked)}
      />
    </>
  );
}
