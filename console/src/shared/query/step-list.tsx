import { ActionIcon, Button, Checkbox } from "@mantine/core";
import { IconGripVertical, IconPlus, IconX } from "@tabler/icons-react";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../format/use-format";
import { ConditionButton } from "./condition-button";
import { EventSelect } from "./event-select";
import classes from "./query.module.css";
import { type StepDraft, stepDraft } from "./step";

interface StepListProps {
  steps: readonly StepDraft[];
  onChange: (steps: StepDraft[]) => void;
  /** Steps may be left out by people, but for the first and the last. */
  canBeOptional?: boolean;
  most?: number;
}

/** Move one of a list to another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const [one] = list.slice(from, from + 1);
  if (one === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(from, 1).toSpliced(to, 0, one);
}

/** Steps in their order: chosen by event, moved by dragging or by the arrow keys on their handle. */
export function StepList({ steps, onChange, canBeOptional = false, most = 20 }: StepListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [held, setHeld] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const move = (from: number, to: number) => {
    if (to < 0 || to >= steps.length) return;
    onChange(moved(steps, from, to));
    setSaid(t("query.movedTo", { place: format.number(to + 1) }));
    requestAnimationFrame(() =>
      list.current?.querySelectorAll<HTMLElement>("[data-grip]")[to]?.focus(),
    );
  };
  const onKey = (event: KeyboardEvent, at: number) => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    move(at, at + step);
  };
  const onDrop = (event: DragEvent, at: number) => {
    event.preventDefault();
    if (held !== null && held !== at) move(held, at);
    setOver(null);
  };
  return (
    <div>
      <ol className={classes.steps} ref={list}>
        {steps.map((step, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place; the same event may stand twice.
            key={at}
            className={classes.step}
            data-held={held === at}
            data-over={over === at && held !== at}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(at);
            }}
            onDrop={(event) => onDrop(event, at)}
          >
            <ActionIcon
              size="sm"
              className={classes.grip}
              data-grip
              draggable
              aria-label={t("query.moveStep", { place: format.number(at + 1) })}
              onDragStart={() => setHeld(at)}
              onDragEnd={() => setHeld(null)}
              onKeyDown={(event) => onKey(event, at)}
            >
              <IconGripVertical size={16} />
            </ActionIcon>
            <span className={classes.stepNumber}>{format.number(at + 1)}</span>
            <EventSelect
              label={t("query.stepEvent", { place: format.number(at + 1) })}
              placeholder={t("common.event")}
              value={step.name}
              onChange={(name) => onChange(steps.with(at, { ...step, name }))}
            />
            <ActionIcon
              size="sm"
              disabled={steps.length === 1}
              aria-label={t("query.removeStep", { place: format.number(at + 1) })}
              onClick={() => onChange(steps.toSpliced(at, 1))}
            >
              <IconX size={16} />
            </ActionIcon>
            <div className={classes.stepMore}>
              <ConditionButton
                about="events"
                size="compact-sm"
                title={t("query.whichOfEvents")}
                empty={t("query.onlyWhere")}
                event={step.name}
                value={step.where}
                onChange={(where) => onChange(steps.with(at, { ...step, where }))}
              />
              {canBeOptional && at > 0 && at < steps.length - 1 && (
                <Checkbox
                  size="xs"
                  label={t("query.optional")}
                  checked={step.optional}
                  onChange={(event) =>
                    onChange(steps.with(at, { ...step, optional: event.currentTarget.checked }))
                  }
                />
              )}
            </div>
          </li>
        ))}
      </ol>
      <Button
        mt={6}
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={15} />}
        disabled={steps.length >= most}
        onClick={() => onChange([...steps, stepDraft("")])}
      >
        {t("query.addStep")}
      </Button>
      <span role="status" aria-live="polite" className="mantine-visually-hidden">
        {said}
      </span>
    </div>
  );
}
