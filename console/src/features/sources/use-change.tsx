import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Source } from "@/shared/api/types";
import { FIELDS, type Problems, type SourceChange, undoOf } from "./rules";

const UNDO_MS = 12_000;

/** Change a source, and offer for a while to take that back. */
export function useChange(source: Source, onDone: () => void) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const send = async (body: SourceChange) => {
    const params = { path: { source: source.id } };
    const changed = await ask(api.PATCH("/api/sources/{source}", { params, body }));
    queryClient.setQueryData(["source", String(source.id)], changed);
    await queryClient.invalidateQueries({ queryKey: ["sources"] });
    return changed;
  };
  const undo = async (id: string, body: SourceChange) => {
    notifications.hide(id);
    const isDone = await send(body).then(
      () => true,
      () => false,
    );
    notifications.show(
      isDone
        ? { message: t("common.undone") }
        : { message: t("sources.undoFailed"), color: "red", role: "alert" },
    );
  };
  return useMutation({
    mutationFn: send,
    onSuccess: (_, change) => {
      const id = `source-${source.id}-${Date.now()}`;
      const back = undoOf(source, change);
      notifications.show({
        id,
        autoClose: UNDO_MS,
        message: (
          <Group justify="space-between" wrap="nowrap">
            <span>{t("common.saved")}</span>
            <Button size="compact-sm" variant="default" onClick={() => void undo(id, back)}>
              {t("common.undo")}
            </Button>
          </Group>
        ),
      });
      onDone();
    },
  });
}

/** The field a refusal is about, if it is one of the form. */
export function fieldAtFault(error: unknown): Problems | null {
  const where = error instanceof Problem ? error.where : null;
  const field = FIELDS.find((one) => where === one || where?.startsWith(`${one}.`));
  return field ? { [field]: "" } : null;
}
