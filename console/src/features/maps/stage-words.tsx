import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "@/shared/prefs/preferences";
import board from "./board.module.css";
import { useBoard } from "./board-context";
import classes from "./maps.module.css";
import { changeStage } from "./tree";
import type { Stage } from "./types";
import { useWords } from "./use-words";

/** The name of a stage; pressing it lets one write another. */
export function StageWords({ stage, at }: { stage: Stage; at: number }) {
  const { t } = useTranslation();
  const { language } = usePreferences();
  const words = useWords();
  const { editor, mayEdit } = useBoard();
  const [text, setText] = useState<string | null>(null);
  const name = words(stage.label, stage.id);
  if (!mayEdit) return <h3 className={board.stageName}>{name}</h3>;
  const done = () => {
    if (text !== null && text !== name)
      editor.change(changeStage(editor.body, at, { label: { ...stage.label, [language]: text } }));
    setText(null);
  };
  return text === null ? (
    <h3 className={board.stageName}>
      <button
        type="button"
        className={classes.plain}
        title={t("maps.rename")}
        onClick={() => setText(name)}
      >
        <bdi>{name}</bdi>
      </button>
    </h3>
  ) : (
    <TextInput
      autoFocus
      size="xs"
      flex={1}
      aria-label={t("maps.rename")}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
        if (event.key === "Escape") setText(null);
      }}
    />
  );
}
