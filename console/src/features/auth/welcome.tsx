import { Alert, Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, rememberCsrf } from "@/shared/api/client";
import { meQuery } from "@/shared/api/session";
import type { OneTimeLink } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { EmailField, PasswordField } from "@/shared/ui/account-fields";
import { CopyBlock } from "@/shared/ui/copy-block";
import { useProblemText } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import classes from "./auth.module.css";
import { Frame } from "./frame";

const parse = (search: UrlSearch) => ({ token: one(search, "token") });

/** Where a one-time link leads: the owner's first visit, an invitation, a new password. */
export function Welcome() {
  const { t } = useTranslation();
  const [{ token }] = useUrl(parse);
  const link = useQuery({
    queryKey: ["link", token],
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => ask(api.GET("/api/links/{token}", { params: { path: { token } } })),
  });
  if (link.isError) {
    return (
      <Frame title={t("auth.welcome.invalid")} lede={t("auth.welcome.invalidText")}>
        <CopyBlock code="hamsafar up --data DIR" />
      </Frame>
    );
  }
  if (!link.data) {
    return (
      <Frame title={t("shell.brand")} lede="">
        <Lines count={4} />
      </Frame>
    );
  }
  return <Choose token={token} link={link.data} />;
}

function useTexts(link: OneTimeLink) {
  const { t } = useTranslation();
  const word = useWord();
  if (link.purpose === "owner") {
    return [t("auth.welcome.owner"), t("auth.welcome.ownerLede"), t("auth.welcome.submitOwner")];
  }
  if (link.purpose === "invite") {
    const role = word("roles", link.role);
    return [
      t("auth.welcome.invite"),
      t("auth.welcome.inviteLede", { role }),
      t("auth.welcome.submitInvite"),
    ];
  }
  const { email } = link;
  return [
    t("auth.welcome.reset"),
    t("auth.welcome.resetLede", { email }),
    t("auth.welcome.submitReset"),
  ];
}

function Choose({ token, link }: { token: string; link: OneTimeLink }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [title = "", lede = "", submitLabel = ""] = useTexts(link);
  const [name, setName] = useState("");
  const [email, setEmail] = useState(link.email);
  const [password, setPassword] = useState("");
  const isOwner = link.purpose === "owner";
  const accept = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/api/links/{token}", {
          params: { path: { token } },
          body: {
            password,
            ...(isOwner ? { email: email.trim() } : {}),
            ...(name.trim() === "" ? {} : { name: name.trim() }),
          },
        }),
      ),
    onSuccess: async (me) => {
      rememberCsrf(me.csrf);
      queryClient.setQueryData(meQuery.queryKey, me);
      await navigate({ to: "/", replace: true });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  return (
    <Frame title={title} lede={lede}>
      <form className={classes.form} onSubmit={submit}>
        {accept.isError && (
          <Alert role="alert" color="red" variant="light">
            {text(accept.error)}
          </Alert>
        )}
        {link.purpose !== "reset" && (
          <TextInput
            label={t("auth.name")}
            name="name"
            autoComplete="name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <EmailField autoComplete="username" readOnly={!isOwner} value={email} onChange={setEmail} />
        <PasswordField fresh label={t("auth.password")} value={password} onChange={setPassword} />
        <Button type="submit" loading={accept.isPending}>
          {submitLabel}
        </Button>
      </form>
    </Frame>
  );
}
