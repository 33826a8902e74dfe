import { ActionIcon } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { CopyBlock } from "@/shared/ui/copy-block";
import { LineForm } from "@/shared/ui/line-form";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";
import classes from "./settings.module.css";

/** Addresses that are told of alerts. */
export function Webhooks() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["webhooks"] });
  const webhooks = useQuery({
    queryKey: ["webhooks"],
    queryFn: async () => (await ask(api.GET("/api/webhooks"))).items,
  });
  const remove = useMutation({
    mutationFn: (webhook: string) =>
      ask(api.DELETE("/api/webhooks/{webhook}", { params: { path: { webhook } } })),
    onSuccess: refresh,
  });
  return (
    <div className={classes.narrow}>
      {remove.isError && <ProblemNote error={remove.error} />}
      <QueryView query={webhooks}>
        {(rows) =>
          rows.length === 0 ? (
            <p className={classes.soft}>{t("settings.workspace.webhookNone")}</p>
          ) : (
            <ul className={classes.list}>
              {rows.map((row) => (
                <li key={row.id}>
                  <div>
                    <bdi dir="ltr">{row.url}</bdi>
                    {row.last_status && (
                      <div className={classes.soft}>
                        {t("settings.workspace.webhookLast")}: <bdi>{row.last_status}</bdi>
                      </div>
                    )}
                  </div>
                  <ActionIcon
                    aria-label={`${t("common.delete")}: ${row.url}`}
                    onClick={() => remove.mutate(row.id)}
                  >
                    <IconTrash size={18} />
                  </ActionIcon>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      <AddWebhook onDone={refresh} />
    </div>
  );
}

function AddWebhook({ onDone }: { onDone: () => Promise<void> }) {
  const { t } = useTranslation();
  const [url, setUrl] = useState("");
  const add = useMutation({
    mutationFn: () => ask(api.POST("/api/webhooks", { body: { url: url.trim() } })),
    onSuccess: () => {
      setUrl("");
      return onDone();
    },
  });
  const secret = (add.data as { secret?: string } | undefined)?.secret;
  return (
    <>
      <LineForm
        label={t("settings.workspace.webhookUrl")}
        action={t("settings.workspace.webhookAdd")}
        type="url"
        dir="ltr"
        placeholder="https://example.com/hooks/hamsafar"
        value={url}
        onChange={setUrl}
        work={add}
        onSubmit={() => add.mutate()}
      />
      {secret && <CopyBlock code={secret} />}
    </>
  );
}
