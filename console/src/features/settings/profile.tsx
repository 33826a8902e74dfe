import { Button, SegmentedControl, Stack, TextInput, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { meQuery, useMe } from "@/shared/api/session";
import type { Me } from "@/shared/api/types";
import type { Language } from "@/shared/i18n";
import { usePreferences } from "@/shared/prefs/preferences";
import { PasswordField } from "@/shared/ui/account-fields";
import { Page, Section } from "@/shared/ui/page";
import { ProblemNote } from "@/shared/ui/problem-note";
import classes from "./settings.module.css";

/** The signed-in person's own settings. */
export function ProfilePage() {
  const { t } = useTranslation();
  const me = useMe();
  if (!me) return null;
  return (
    <Page title={t("settings.profile.title")} lede={<bdi dir="ltr">{me.email}</bdi>}>
      <NameForm me={me} />
      <Section title={t("settings.profile.display")}>
        <Display />
      </Section>
      <Section title={t("settings.profile.password")}>
        <PasswordForm />
      </Section>
    </Page>
  );
}

function useSaveMe(message: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Record<string, string>) => ask(api.PATCH("/api/me", { body })),
    onSuccess: (me) => {
      queryClient.setQueryData(meQuery.queryKey, me);
      notifications.show({ message });
    },
  });
}

function NameForm({ me }: { me: Me }) {
  const { t } = useTranslation();
  const [name, setName] = useState(me.name);
  const save = useSaveMe(t("common.saved"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name: name.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        {save.isError && <ProblemNote error={save.error} />}
        <TextInput
          label={t("settings.profile.name")}
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={save.isPending} style={{ alignSelf: "flex-start" }}>
          {t("common.save")}
        </Button>
      </Stack>
    </form>
  );
}

function Display() {
  const { t } = useTranslation();
  const { language, setLanguage, calendar, setCalendar } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const remember = useSaveMe(t("common.saved"));
  const choose = (next: Language) => {
    setLanguage(next);
    remember.mutate({ language: next });
  };
  const row = (label: string, control: React.ReactNode) => (
    <div className={classes.row}>
      <span>{label}</span>
      {control}
    </div>
  );
  return (
    <div className={classes.narrow}>
      {row(
        t("settings.profile.language"),
        <SegmentedControl
          aria-label={t("settings.profile.language")}
          value={language}
          onChange={choose}
          data={(["fa", "en"] as const).map((value) => ({
            value,
            label: t(`settings.profile.languages.${value}`),
          }))}
        />,
      )}
      {row(
        t("settings.profile.calendar"),
        <SegmentedControl
          aria-label={t("settings.profile.calendar")}
          value={calendar}
          onChange={setCalendar}
          data={[
            { value: "persian", label: t("common.range.persian") },
            { value: "gregory", label: t("common.range.gregorian") },
          ]}
        />,
      )}
      {row(
        t("settings.profile.scheme"),
        <SegmentedControl
          aria-label={t("settings.profile.scheme")}
          value={colorScheme}
          onChange={setColorScheme}
          data={(["auto", "light", "dark"] as const).map((value) => ({
            value,
            label: t(`settings.profile.schemes.${value}`),
          }))}
        />,
      )}
    </div>
  );
}

function PasswordForm() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const save = useSaveMe(t("settings.profile.changed"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(
      { password: next, current_password: current },
      {
        onSuccess: () => {
          setCurrent("");
          setNext("");
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        {save.isError && <ProblemNote error={save.error} />}
        <PasswordField
          label={t("settings.profile.current")}
          value={current}
          onChange={setCurrent}
        />
        <PasswordField fresh label={t("settings.profile.next")} value={next} onChange={setNext} />
        <Button
          type="submit"
          variant="default"
          disabled={current === "" || next.length < 10}
          loading={save.isPending}
          style={{ alignSelf: "flex-start" }}
        >
          {t("settings.profile.change")}
        </Button>
      </Stack>
    </form>
  );
}
