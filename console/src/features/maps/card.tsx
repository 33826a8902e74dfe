import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { ChannelName } from "@/shared/ui/names";
import { BlockMenu } from "./block-menu";
import board from "./board.module.css";
import { useBoard } from "./board-context";
import { CardActual } from "./card-actual";
import { isWithin, move, type Place, shift } from "./tree";
import type { Touchpoint } from "./types";
import { useWords } from "./use-words";

/** A touchpoint: what it is meant to be, and below what really happens. */
export function StepCard({ touchpoint, place }: { touchpoint: Touchpoint; place: Place }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const { editor, mayEdit, edit, dragged, setDragged } = useBoard();
  const card = useRef<HTMLLIElement>(null);
  const name = words(touchpoint.label, touchpoint.id);
  const isGoal = editor.body.goal?.includes(touchpoint.id) ?? false;
  const keys = (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!mayEdit || !event.altKey || by === 0) return;
    event.preventDefault();
    editor.change(shift(editor.body, place, by));
  };
  const drop = () => {
    if (dragged && !isWithin(place, dragged)) editor.change(move(editor.body, dragged, place));
    setDragged(null);
  };
  const expected = touchpoint.expected_s ?? null;
  const most = touchpoint.at_most_s ?? null;
  return (
    <li
      ref={card}
      className={board.card}
      data-goal={isGoal || undefined}
      draggable={mayEdit}
      onDragStart={(event) => {
        event.stopPropagation();
        setDragged(place);
      }}
      onDragEnd={() => setDragged(null)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.stopPropagation();
        drop();
      }}
    >
      <div className={board.cardHead}>
        <button
          type="button"
          className={board.cardName}
          title={mayEdit ? t("maps.moveKeys") : undefined}
          onClick={() => edit(place)}
          onKeyDown={keys}
        >
          <bdi>{name}</bdi>
          {isGoal && <span className={board.goal}>{t("maps.isGoal")}</span>}
        </button>
        <BlockMenu block={touchpoint} place={place} label={name} />
      </div>
      {(touchpoint.channels ?? []).length > 0 && (
        <p className={board.channels}>
          {touchpoint.channels?.map((channel) => (
            <ChannelName key={channel} channel={channel} />
          ))}
        </p>
      )}
      <dl className={board.meant}>
        <Line label={t("maps.information")} text={words(touchpoint.information)} />
        <Line label={t("maps.feeling")} text={words(touchpoint.feeling)} />
        <Line
          label={t("maps.expected")}
          text={[
            expected === null ? "" : format.span(expected),
            most === null ? "" : t("maps.atMost", { span: format.span(most) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        />
        <Line label={t("maps.owner")} text={touchpoint.owner ?? ""} />
      </dl>
      <CardActual touchpoint={touchpoint} />
    </li>
  );
}

function Line({ label, text }: { label: string; text: string }) {
  return text === "" ? null : (
    <div>
      <dt>{label}</dt>
      <dd>
        <bdi>{text}</bdi>
      </dd>
    </div>
  );
}
