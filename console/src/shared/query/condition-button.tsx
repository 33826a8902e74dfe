import { Button, Group, Modal, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { BranchEditor } from "./condition-builder";
import { type Branch, branchOf, conditionOf } from "./draft";
import classes from "./query.module.css";
import { SaveGroup } from "./save-group";
import type { About } from "./subject-select";
import type { Condition } from "./types";
import { useConditionWords } from "./words";

interface ConditionButtonProps {
  about: About;
  title: string;
  /** On the button while nothing is asked for. */
  empty: string;
  icon?: ReactNode;
  event?: string;
  value: Condition | null;
  onChange: (condition: Condition | null) => void;
  size?: "sm" | "xs" | "compact-sm";
}

/** A condition in plain words; pressing it opens its editor. */
export function ConditionButton(props: ConditionButtonProps) {
  const { title, empty, icon, value, size = "sm" } = props;
  const [open, dialog] = useDisclosure(false);
  const words = useConditionWords();
  return (
    <>
      <Button
        variant={size === "compact-sm" && value === null ? "subtle" : "default"}
        size={size}
        leftSection={icon}
        className={classes.conditionButton}
        title={value === null ? title : words(value)}
        onClick={dialog.open}
      >
        {value === null ? empty : <bdi>{words(value)}</bdi>}
      </Button>
      <Modal opened={open} onClose={dialog.close} title={title} size="xl">
        {open && <Editor {...props} onClose={dialog.close} />}
      </Modal>
    </>
  );
}

function Editor(props: ConditionButtonProps & { onClose: () => void }) {
  const { about, event = "", value, onChange, onClose } = props;
  const { t } = useTranslation();
  const words = useConditionWords();
  const [draft, setDraft] = useState<Branch>(() => branchOf(value));
  const condition = conditionOf(draft);
  const done = (next: Condition | null) => {
    onChange(next);
    onClose();
  };
  return (
    <Stack gap="sm">
      <BranchEditor branch={draft} about={about} event={event} onChange={setDraft} />
      <p className={classes.inWords} aria-live="polite">
        {condition === null ? t("query.nothingAsked") : <bdi>{words(condition)}</bdi>}
      </p>
      <Group justify="space-between">
        {about === "people" ? <SaveGroup condition={condition} /> : <span />}
        <Group gap="xs">
          <Button variant="default" onClick={() => done(null)}>
            {t("query.noCondition")}
          </Button>
          <Button onClick={() => done(condition)}>{t("query.apply")}</Button>
        </Group>
      </Group>
    </Stack>
  );
}
