import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { useAllowed } from "@/shared/api/session";
import type { SourceDetail, WriteKey } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { Confirm } from "@/shared/ui/confirm";
import { CopyBlock } from "@/shared/ui/copy-block";
import { LineForm } from "@/shared/ui/line-form";
import { Plain } from "@/shared/ui/names";
import classes from "./sources.module.css";

/** The write keys of a source. */
export function Keys({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useAllowed("sources.edit");
  const [revoking, setRevoking] = useState<WriteKey | null>(null);
  return (
    <div className={classes.connect}>
      <ul className={classes.keys}>
        {source.keys.map((key) => (
          <li key={key.id} data-revoked={Boolean(key.revoked_at)}>
            <div className={classes.keyHead}>
              <strong>
                <Plain>{key.name}</Plain>
              </strong>
              <span className={classes.soft}>
                {key.revoked_at
                  ? t("sources.revoked", { at: format.date(key.revoked_at) })
                  : t("sources.created", { at: format.date(key.created_at) })}
              </span>
            </div>
            {!key.revoked_at && <CopyBlock code={key.write_key ?? ""} label={t("sources.keys")} />}
            {!key.revoked_at && mayEdit && (
              <Button size="sm" variant="default" onClick={() => setRevoking(key)}>
                {t("sources.revoke")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayEdit && <NewKey source={source.id} />}
      <Revoke source={source.id} writeKey={revoking} onClose={() => setRevoking(null)} />
    </div>
  );
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["source"] });
}

function NewKey({ source }: { source: number }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: () => {
      const params = { path: { source } };
      const body = { name: name.trim() };
      return ask(api.POST("/api/sources/{source}/keys", { params, body }));
    },
    onSuccess: () => {
      setName("");
      return refresh();
    },
  });
  return (
    <LineForm
      label={t("sources.keyName")}
      action={t("sources.newKey")}
      value={name}
      onChange={setName}
      work={create}
      onSubmit={() => create.mutate()}
    />
  );
}

interface RevokeProps {
  source: number;
  writeKey: WriteKey | null;
  onClose: () => void;
}

function Revoke({ source, writeKey, onClose }: RevokeProps) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const revoke = useMutation({
    mutationFn: (key: string) => {
      const params = { path: { source, key } };
      return ask(api.DELETE("/api/sources/{source}/keys/{key}", { params }));
    },
    onSuccess: () => {
      onClose();
      return refresh();
    },
  });
  return (
    <Confirm
      open={writeKey !== null}
      title={t("sources.revokeTitle")}
      text={t("sources.revokeText")}
      action={t("sources.revoke")}
      grave
      work={revoke}
      onConfirm={() => writeKey && revoke.mutate(writeKey.id)}
      onClose={onClose}
    />
  );
}
