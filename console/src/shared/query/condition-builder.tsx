import { ActionIcon, Button, Group, Select } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ConditionRow } from "./condition-row";
import { type Branch, emptyBranch, emptyRow, isBranch, type Match, type Row } from "./draft";
import classes from "./query.module.css";
import type { About } from "./subject-select";

const MATCHES = ["all", "any", "none"] as const;

interface BranchEditorProps {
  branch: Branch;
  about: About;
  /** Only properties that events of this name have are offered. */
  event?: string;
  onChange: (branch: Branch) => void;
  /** Given: the whole branch can go. */
  onRemove?: () => void;
}

/** A condition as rows of which all, any or none must hold; a row may be a group again. */
export function BranchEditor(props: BranchEditorProps) {
  const { branch, about, event = "", onChange, onRemove } = props;
  const { t } = useTranslation();
  const put = (at: number, part: Row | Branch) =>
    onChange({ ...branch, rows: branch.rows.with(at, part) });
  const add = (part: Row | Branch) => onChange({ ...branch, rows: [...branch.rows, part] });
  const drop = (at: number) => {
    const rows = branch.rows.toSpliced(at, 1);
    if (rows.length === 0 && onRemove) onRemove();
    else onChange({ ...branch, rows });
  };
  return (
    <fieldset className={classes.branch} aria-label={t("query.group")}>
      <Group gap="xs">
        <Select
          aria-label={t("query.match")}
          size="xs"
          w={190}
          allowDeselect={false}
          data={MATCHES.map((value) => ({ value, label: t(`query.matches.${value}`) }))}
          value={branch.match}
          onChange={(match) => match && onChange({ ...branch, match: match as Match })}
        />
        {onRemove && (
          <ActionIcon
            variant="subtle"
            color="gray"
            className={classes.remove}
            aria-label={t("query.removeGroup")}
            onClick={onRemove}
          >
            <IconX size={16} />
          </ActionIcon>
        )}
      </Group>
      {branch.rows.map((part, at) =>
        isBranch(part) ? (
          <BranchEditor
            key={part.id}
            branch={part}
            about={about}
            event={event}
            onChange={(next) => put(at, next)}
            onRemove={() => drop(at)}
          />
        ) : (
          <ConditionRow
            key={part.id}
            row={part}
            about={about}
            event={event}
            onChange={(next) => put(at, next)}
            onRemove={() => drop(at)}
          />
        ),
      )}
      <Group gap="xs">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={15} />}
          onClick={() => add(emptyRow())}
        >
          {t("query.addRow")}
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={15} />}
          onClick={() => add(emptyBranch("any"))}
        >
          {t("query.addGroup")}
        </Button>
      </Group>
    </fieldset>
  );
}
