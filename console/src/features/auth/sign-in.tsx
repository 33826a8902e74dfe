import { Alert, Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, rememberCsrf } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { meQuery } from "@/shared/api/session";
import { EmailField, PasswordField } from "@/shared/ui/account-fields";
import { useProblemText } from "@/shared/ui/problem-note";
import { one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import classes from "./auth.module.css";
import { Frame } from "./frame";

/** Only a path of this console: never lead to another site after sign-in. */
export function safeTarget(to: string): string {
  return to.startsWith("/") && !to.startsWith("//") && !to.includes("\\") ? to : "/";
}

const parse = (search: UrlSearch) => ({ to: safeTarget(one(search, "to")) });

export function SignIn() {
  const { t } = useTranslation();
  const text = useProblemText();
  const [{ to }] = useUrl(parse);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => ask(api.POST("/api/sign-in", { body: { email: email.trim(), password } })),
    onSuccess: async (me) => {
      rememberCsrf(me.csrf);
      queryClient.setQueryData(meQuery.queryKey, me);
      await navigate({ href: to });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  const wrong = signIn.error instanceof Problem && signIn.error.status === 401;
  return (
    <Frame title={t("auth.title")} lede={t("auth.lede")}>
      <form className={classes.form} onSubmit={submit}>
        {signIn.isError && (
          <Alert role="alert" color="red" variant="light">
            {wrong ? t("auth.wrong") : text(signIn.error)}
          </Alert>
        )}
        <EmailField autoComplete="username" value={email} onChange={setEmail} />
        <PasswordField label={t("auth.password")} value={password} onChange={setPassword} />
        <Button type="submit" loading={signIn.isPending}>
          {t("auth.submit")}
        </Button>
        <p className={classes.small}>{t("auth.forgot")}</p>
      </form>
    </Frame>
  );
}
