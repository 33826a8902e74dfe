import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import type { ApiToken } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { useNow } from "@/shared/prefs/use-now";
import { Confirm } from "@/shared/ui/confirm";
import { CopyBlock } from "@/shared/ui/copy-block";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/empty";
import { Plain } from "@/shared/ui/names";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { NewToken } from "./new-token";

const EXAMPLE = `curl ${location.origin}/v1/spaces/default/collections/users/profiles/user_id:u-1/traits \\
  -H "Authorization: Bearer hms_…"`;

/** Tokens for programs. */
export function TokensPage() {
  const { t } = useTranslation();
  const [creating, setCreating] = useState(false);
  const [shown, setShown] = useState("");
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const tokens = useQuery({
    queryKey: ["tokens"],
    queryFn: async () => (await ask(api.GET("/api/tokens"))).items,
  });
  return (
    <Page
      title={t("settings.tokens.title")}
      lede={t("settings.tokens.lede")}
      actions={
        <Button size="sm" leftSection={<IconPlus size={17} />} onClick={() => setCreating(true)}>
          {t("settings.tokens.create")}
        </Button>
      }
    >
      <QueryView query={tokens}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty
              title={t("settings.tokens.empty")}
              text={t("settings.tokens.emptyText")}
              command={EXAMPLE}
            />
          ) : (
            <TokenTable rows={rows} onRevoke={setRevoking} />
          )
        }
      </QueryView>
      <NewToken open={creating} onClose={() => setCreating(false)} onToken={setShown} />
      <Modal opened={shown !== ""} onClose={() => setShown("")} title={t("settings.tokens.create")}>
        <p>{t("settings.tokens.shown")}</p>
        <CopyBlock code={shown} label={t("settings.tokens.create")} />
      </Modal>
      <RevokeToken token={revoking} onClose={() => setRevoking(null)} />
    </Page>
  );
}

function TokenTable({ rows, onRevoke }: { rows: ApiToken[]; onRevoke: (token: ApiToken) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const now = useNow();
  const columns = useMemo<TableColumn<ApiToken>[]>(
    () => [
      {
        id: "name",
        header: t("common.name"),
        sort: (row) => row.name,
        cell: (row) => (
          <>
            <strong>
              <Plain>{row.name}</Plain>
            </strong>
            <div>
              <bdi dir="ltr">{row.prefix}…</bdi>
            </div>
          </>
        ),
      },
      {
        id: "scopes",
        header: t("settings.tokens.scopes"),
        wide: true,
        cell: (row) => format.list(row.scopes.map((scope) => word("scopes", scope))),
      },
      {
        id: "used",
        header: t("settings.tokens.lastUsed"),
        sort: (row) => row.last_used_at ?? "",
        cell: (row) => (row.last_used_at ? format.ago(row.last_used_at, now) : t("common.never")),
      },
      {
        id: "expires",
        header: t("settings.tokens.expires"),
        wide: true,
        sort: (row) => row.expires_at ?? "",
        cell: (row) => (row.expires_at ? format.date(row.expires_at) : t("common.never")),
      },
      {
        id: "revoke",
        header: "",
        numeric: true,
        cell: (row) =>
          row.revoked_at ? (
            t("settings.tokens.revoked")
          ) : (
            <Button size="compact-sm" variant="default" onClick={() => onRevoke(row)}>
              {t("settings.tokens.revoke")}
            </Button>
          ),
      },
    ],
    [t, format, word, now, onRevoke],
  );
  return (
    <DataTable
      label={t("settings.tokens.title")}
      rows={rows}
      columns={columns}
      rowKey={(row) => row.id}
    />
  );
}

function RevokeToken({ token, onClose }: { token: ApiToken | null; onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: string) =>
      ask(api.DELETE("/api/tokens/{token}", { params: { path: { token: id } } })),
    onSuccess: () => {
      onClose();
      return queryClient.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  return (
    <Confirm
      open={token !== null}
      title={t("settings.tokens.revokeTitle", { name: token?.name ?? "" })}
      text={t("settings.tokens.revokeText")}
      action={t("settings.tokens.revoke")}
      grave
      work={revoke}
      onConfirm={() => token && revoke.mutate(token.id)}
      onClose={onClose}
    />
  );
}
