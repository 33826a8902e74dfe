import { ActionIcon, Button, Group, TextInput, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { namesQuery } from "@/shared/api/queries";
import { useAllowed } from "@/shared/api/session";
import { ProblemNote } from "@/shared/ui/problem-note";
import { useMapWork } from "./api";
import board from "./board.module.css";
import { BoardContext } from "./board-context";
import { CardEditor } from "./card-editor";
import { StageColumn } from "./stage-column";
import { addStage, blockAt, type Place } from "./tree";
import type { Conformance, MapShape } from "./types";
import { useEditor } from "./use-editor";

interface BoardViewProps {
  stored: MapShape;
  actual: Conformance | undefined;
  onPeople: (cell: string) => void;
  onDeviations: () => void;
}

/** The map as columns of cards, laid over what really happens; edited in place. */
export function BoardView({ stored, actual, onPeople, onDeviations }: BoardViewProps) {
  const { t } = useTranslation();
  const mayEdit = useAllowed("journeys.edit");
  const editor = useEditor(stored.body);
  const work = useMapWork(stored.id);
  const names = useQuery(namesQuery);
  const [edited, setEdited] = useState<Place | null>(null);
  const [dragged, setDragged] = useState<Place | null>(null);
  const [note, setNote] = useState("");
  const first = names.data?.[0]?.name ?? "Event";
  const context = useMemo(
    () => ({
      editor,
      actual,
      mayEdit,
      dragged,
      setDragged,
      edit: setEdited,
      onPeople,
      onDeviations,
    }),
    [editor, actual, mayEdit, dragged, onPeople, onDeviations],
  );
  const save = () => work.save.mutate({ body: editor.body, based_on: stored.newest, note });
  const block = edited && blockAt(editor.body, edited);
  return (
    <BoardContext value={context}>
      {mayEdit && (
        <Group gap="xs" className={board.tools}>
          <Tooltip label={t("common.undo")}>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t("common.undo")}
              disabled={!editor.canUndo}
              onClick={editor.undo}
            >
              <IconArrowBackUp className={board.mirrored} size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("maps.redo")}>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t("maps.redo")}
              disabled={!editor.canRedo}
              onClick={editor.redo}
            >
              <IconArrowForwardUp className={board.mirrored} size={18} />
            </ActionIcon>
          </Tooltip>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => editor.change(addStage(editor.body, first))}
          >
            {t("maps.addStage")}
          </Button>
          {editor.isChanged && (
            <>
              <TextInput
                aria-label={t("maps.note")}
                placeholder={t("maps.note")}
                maxLength={1000}
                value={note}
                onChange={(event) => setNote(event.currentTarget.value)}
              />
              <Button loading={work.save.isPending} onClick={save}>
                {t("maps.save")}
              </Button>
            </>
          )}
        </Group>
      )}
      {work.save.error && <ProblemNote error={work.save.error} />}
      <ol className={board.board} aria-label={t("maps.stages")}>
        {editor.body.stages.map((stage, at) => (
          <StageColumn key={stage.id} stage={stage} at={at} newEvent={first} />
        ))}
      </ol>
      {edited && block && (
        <CardEditor
          key={edited.join(".")}
          place={edited}
          block={block}
          onClose={() => setEdited(null)}
        />
      )}
    </BoardContext>
  );
}
