import { Button, NativeSelect, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import type { Workspace } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { Page, Section } from "@/shared/ui/page";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";
import { withStored, ZoneSelect } from "@/shared/ui/zone-select";
import { Webhooks } from "./webhooks";

const CURRENCIES = ["IRT", "IRR", "EUR", "USD"];
const CALENDARS = ["jalali", "gregorian"] as const;
const WEEKS = ["saturday", "sunday", "monday"] as const;

/** What applies to everyone. */
export function WorkspacePage() {
  const { t } = useTranslation();
  const workspace = useQuery({
    queryKey: ["workspace"],
    queryFn: () => ask(api.GET("/api/workspace")),
  });
  return (
    <Page title={t("settings.workspace.title")} lede={t("settings.workspace.lede")}>
      <QueryView query={workspace}>{(data) => <WorkspaceForm workspace={data} />}</QueryView>
      <Section title={t("settings.workspace.webhooks")} note={t("settings.workspace.webhooksNote")}>
        <Webhooks />
      </Section>
    </Page>
  );
}

function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const word = useWord();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(workspace);
  const set = (patch: Partial<Workspace>) => setDraft((old) => ({ ...old, ...patch }));
  const save = useMutation({
    mutationFn: () => {
      const { name, zone, currency, calendar, week_start, country, language } = draft;
      const body = { name, zone, currency, calendar, week_start, country, language };
      return ask(api.PATCH("/api/workspace", { body }));
    },
    onSuccess: async () => {
      notifications.show({ message: t("common.saved") });
      await queryClient.invalidateQueries({ queryKey: ["workspace"] });
      await queryClient.refetchQueries({ queryKey: ["me"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        {save.isError && <ProblemNote error={save.error} />}
        <TextInput
          label={t("settings.workspace.name")}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <ZoneSelect
          label={t("settings.workspace.zone")}
          description={t("settings.workspace.zoneNote")}
          value={draft.zone}
          onChange={(zone) => set({ zone })}
        />
        <NativeSelect
          label={t("settings.workspace.currency")}
          data={withStored(CURRENCIES, draft.currency).map((value) => ({
            value,
            label: word("currencies", value),
          }))}
          value={draft.currency}
          onChange={(event) => set({ currency: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("settings.workspace.calendar")}
          data={CALENDARS.map((value) => ({
            value,
            label: t(`settings.workspace.calendars.${value}`),
          }))}
          value={draft.calendar}
          onChange={(event) => set({ calendar: event.currentTarget.value })}
        />
        <NativeSelect
          label={t("settings.workspace.weekStart")}
          data={WEEKS.map((value) => ({ value, label: t(`settings.workspace.weeks.${value}`) }))}
          value={draft.week_start}
          onChange={(event) => set({ week_start: event.currentTarget.value })}
        />
        <TextInput
          label={t("settings.workspace.country")}
          description={t("settings.workspace.countryNote")}
          dir="ltr"
          maxLength={2}
          value={draft.country}
          onChange={(event) => set({ country: event.currentTarget.value.toUpperCase() })}
        />
        <NativeSelect
          label={t("settings.workspace.language")}
          data={(["fa", "en"] as const).map((value) => ({
            value,
            label: t(`settings.profile.languages.${value}`),
          }))}
          value={draft.language}
          onChange={(event) => set({ language: event.currentTarget.value })}
        />
        <Button type="submit" loading={save.isPending} style={{ alignSelf: "flex-start" }}>
          {t("common.save")}
        </Button>
      </Stack>
    </form>
  );
}
