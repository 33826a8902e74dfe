import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { FigureText } from "@/shared/query/figure-text";
import { BlockView } from "./block-view";
import board from "./board.module.css";
import { useBoard } from "./board-context";
import classes from "./maps.module.css";
import { StageWords } from "./stage-words";
import { addTouchpoint, move, moveStage, removeStage } from "./tree";
import type { Block, Stage } from "./types";

interface StageColumnProps {
  stage: Stage;
  at: number;
  newEvent: string;
}

/** A stage: a column of steps, with how many came and how well they fit. */
export function StageColumn({ stage, at, newEvent }: StageColumnProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { editor, actual, mayEdit, dragged, setDragged, onPeople } = useBoard();
  const { body, change } = editor;
  const fit = actual?.stages.find((one) => one.stage === stage.id);
  const drop = () => {
    if (dragged) change(move(body, dragged, [at, stage.of.length]));
    setDragged(null);
  };
  return (
    <li className={board.stage} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <header className={board.stageHead}>
        <StageWords stage={stage} at={at} />
        {mayEdit && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" aria-label={t("maps.stageMenu", { stage: stage.id })}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => change(moveStage(body, at, -1))} disabled={at === 0}>
                {t("maps.earlier")}
              </Menu.Item>
              <Menu.Item
                onClick={() => change(moveStage(body, at, 1))}
                disabled={at === body.stages.length - 1}
              >
                {t("maps.later")}
              </Menu.Item>
              <Menu.Item
                color="red"
                onClick={() => change(removeStage(body, at))}
                disabled={body.stages.length === 1}
              >
                {t("common.delete")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        {fit && (
          <p className={board.stageFit}>
            <button
              type="button"
              className={classes.link}
              onClick={() => onPeople(`stage:${stage.id}`)}
            >
              <FigureText figure={fit.people} />
            </button>
            {fit.fitness !== null && (
              <span className={classes.soft}>
                {t("maps.fits", { share: format.percent(fit.fitness) })}
              </span>
            )}
          </p>
        )}
      </header>
      <ol className={board.steps}>
        {(stage.of as Block[]).map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is known by where it stands.
          <BlockView key={index} block={block} place={[at, index]} />
        ))}
      </ol>
      {mayEdit && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => change(addTouchpoint(body, at, newEvent))}
        >
          {t("maps.addStep")}
        </Button>
      )}
    </li>
  );
}
