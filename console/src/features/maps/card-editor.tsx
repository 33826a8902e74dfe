import { Button, Drawer, Group, NumberInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBoard } from "./board-context";
import { CardFields } from "./card-fields";
import { type Place, update } from "./tree";
import { type Block, isTouchpoint, type MapBody } from "./types";

interface CardEditorProps {
  place: Place;
  block: Block;
  onClose: () => void;
}

/** Everything about one card (or how often a loop goes round), beside the board. */
export function CardEditor({ place, block, onClose }: CardEditorProps) {
  const { t } = useTranslation();
  const { editor, mayEdit } = useBoard();
  const [draft, setDraft] = useState<Block>(block);
  const goals = editor.body.goal ?? [];
  const [isGoal, setIsGoal] = useState(isTouchpoint(block) && goals.includes(block.id));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = update(editor.body, place, draft);
    editor.change(isTouchpoint(draft) ? { ...body, goal: goalsOf(body, block, draft.id) } : body);
    onClose();
  };
  const goalsOf = (body: MapBody, before: Block, id: string) => {
    const old = isTouchpoint(before) ? before.id : "";
    const others = (body.goal ?? []).filter((one) => one !== old && one !== id);
    return isGoal ? [...others, id] : others;
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={480}
      title={isTouchpoint(block) ? t("maps.touchpoint") : t("maps.kinds.loop")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form onSubmit={submit}>
        <fieldset disabled={!mayEdit} style={{ border: 0, padding: 0, margin: 0 }}>
          <Stack gap="sm">
            {isTouchpoint(draft) ? (
              <CardFields card={draft} isGoal={isGoal} onGoal={setIsGoal} onChange={setDraft} />
            ) : (
              draft.kind === "loop" && (
                <Group grow>
                  <NumberInput
                    label={t("maps.min")}
                    min={0}
                    max={50}
                    value={draft.min ?? 1}
                    onChange={(min) => setDraft({ ...draft, min: Number(min) || 0 })}
                  />
                  <NumberInput
                    label={t("maps.max")}
                    description={t("maps.maxText")}
                    min={1}
                    max={50}
                    value={draft.max ?? ""}
                    onChange={(max) => setDraft({ ...draft, max: Number(max) || null })}
                  />
                </Group>
              )
            )}
            {mayEdit && (
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  {t("common.cancel")}
                </Button>
                <Button type="submit">{t("maps.apply")}</Button>
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
    </Drawer>
  );
}
