import {
  IconArrowFork,
  IconArrowsShuffle,
  IconLine,
  IconQuestionMark,
  IconRepeat,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { BlockMenu } from "./block-menu";
import board from "./board.module.css";
import { StepCard } from "./card";
import type { Place } from "./tree";
import { type Block, type Container, isTouchpoint } from "./types";

const ICONS = {
  sequence: IconLine,
  any_order: IconArrowsShuffle,
  choice: IconArrowFork,
  optional: IconQuestionMark,
  loop: IconRepeat,
};

/** A step: a card, or a frame around the steps of a block. */
export function BlockView({ block, place }: { block: Block; place: Place }) {
  return isTouchpoint(block) ? (
    <StepCard touchpoint={block} place={place} />
  ) : (
    <Frame block={block} place={place} />
  );
}

function Frame({ block, place }: { block: Container; place: Place }) {
  const { t } = useTranslation();
  const format = useFormat();
  const Icon = ICONS[block.kind];
  const times =
    block.kind === "loop"
      ? t("maps.times", {
          min: format.number(block.min ?? 1),
          max: block.max ? format.number(block.max) : "∞",
        })
      : "";
  const label = t(`maps.kinds.${block.kind}`);
  return (
    <li className={board.frame} data-kind={block.kind}>
      <div className={board.frameHead}>
        <Icon size={15} aria-hidden />
        <span>
          {label}
          {times && ` · ${times}`}
        </span>
        <BlockMenu block={block} place={place} label={label} />
      </div>
      <ol className={board.steps} aria-label={label}>
        {(block.of as Block[]).map((inner, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is known by where it stands.
          <BlockView key={index} block={inner} place={[...place, index]} />
        ))}
      </ol>
    </li>
  );
}
