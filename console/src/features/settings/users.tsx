import { ActionIcon, Button, Menu, Modal, NativeSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { usersQuery } from "@/shared/api/queries";
import { useMe } from "@/shared/api/session";
import type { Role, User } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { CopyBlock } from "@/shared/ui/copy-block";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Plain } from "@/shared/ui/names";
import { Page } from "@/shared/ui/page";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";
import { Invite, ROLES } from "./invite";

function stateOf(row: User): "disabled" | "active" | "invited" {
  if (row.disabled_at) return "disabled";
  return row.joined ? "active" : "invited";
}

interface Change {
  user: string;
  role?: Role;
  disabled?: boolean;
}

/** Who may sign in. */
export function UsersPage() {
  const { t } = useTranslation();
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState("");
  const users = useQuery(usersQuery);
  return (
    <Page
      title={t("settings.users.title")}
      lede={t("settings.users.lede")}
      actions={
        <Button
          size="sm"
          leftSection={<IconUserPlus size={17} />}
          onClick={() => setInviting(true)}
        >
          {t("settings.users.invite")}
        </Button>
      }
    >
      <QueryView query={users}>{(rows) => <UserTable rows={rows} onLink={setLink} />}</QueryView>
      <Invite open={inviting} onClose={() => setInviting(false)} onLink={setLink} />
      <Modal opened={link !== ""} onClose={() => setLink("")} title={t("settings.users.link")}>
        <p>{t("settings.users.linkText")}</p>
        <CopyBlock code={link} label={t("settings.users.link")} />
      </Modal>
    </Page>
  );
}

function useUserWork(onLink: (link: string) => void) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: ({ user, ...body }: Change) =>
      ask(api.PATCH("/api/users/{user}", { params: { path: { user } }, body })),
    onSuccess: () => {
      notifications.show({ message: t("common.saved") });
      return queryClient.invalidateQueries({ queryKey: ["users"] });
    },
  });
  const reset = useMutation({
    mutationFn: (user: string) =>
      ask(api.POST("/api/users/{user}/reset", { params: { path: { user } } })),
    onSuccess: (answer) => onLink(answer.link),
  });
  return { change, reset };
}

function UserTable({ rows, onLink }: { rows: User[]; onLink: (link: string) => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const me = useMe();
  const { change, reset } = useUserWork(onLink);
  const { mutate: changeUser } = change;
  const { mutate: resetUser } = reset;
  const columns = useMemo<TableColumn<User>[]>(
    () => [
      {
        id: "who",
        header: t("settings.users.name"),
        sort: (row) => row.name || row.email,
        cell: (row) => (
          <>
            <strong>
              <Plain>{row.name || row.email}</Plain>
            </strong>
            {row.id === me?.id && ` (${t("common.you")})`}
            {stateOf(row) !== "active" && (
              <span className="mantine-hidden-from-sm">
                {` (${t(`settings.users.${stateOf(row)}`)})`}
              </span>
            )}
            <div>
              <bdi dir="ltr">{row.email}</bdi>
            </div>
          </>
        ),
      },
      {
        id: "role",
        header: t("settings.users.role"),
        cell: (row) =>
          row.id === me?.id ? (
            word("roles", row.role)
          ) : (
            <NativeSelect
              size="xs"
              w={150}
              aria-label={t("settings.users.role")}
              data={ROLES.map((value) => ({ value, label: word("roles", value) }))}
              value={row.role}
              onChange={(event) =>
                changeUser({ user: row.id, role: event.currentTarget.value as Role })
              }
            />
          ),
      },
      {
        id: "state",
        header: t("settings.users.state"),
        wide: true,
        sort: (row) => row.disabled_at ?? "",
        cell: (row) => t(`settings.users.${stateOf(row)}`),
      },
      {
        id: "more",
        header: "",
        numeric: true,
        cell: (row) =>
          row.id === me?.id ? null : (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon aria-label={t("settings.users.more", { who: row.name || row.email })}>
                  <IconDots size={18} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => resetUser(row.id)}>{t("settings.users.reset")}</Menu.Item>
                <Menu.Item onClick={() => changeUser({ user: row.id, disabled: !row.disabled_at })}>
                  {row.disabled_at ? t("settings.users.enable") : t("settings.users.disable")}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          ),
      },
    ],
    [t, word, me, changeUser, resetUser],
  );
  const problem = change.error ?? reset.error;
  return (
    <>
      {problem && <ProblemNote error={problem} />}
      <DataTable
        label={t("settings.users.title")}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
      />
    </>
  );
}
