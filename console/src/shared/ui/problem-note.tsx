import { Alert, Button, Group } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { useWord } from "../i18n/word";

/** What went wrong in words: the server's own detail if it gave one. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  const word = useWord();
  return (error) => {
    if (!(error instanceof Problem)) return t("common.problem");
    return error.message !== "" ? error.message : word("problems", error.code);
  };
}

interface ProblemNoteProps {
  error: unknown;
  retry?: () => void;
}

export function ProblemNote({ error, retry }: ProblemNoteProps) {
  const { t } = useTranslation();
  const text = useProblemText();
  const where = error instanceof Problem ? error.where : null;
  return (
    <Alert
      role="alert"
      variant="light"
      color="red"
      icon={<IconAlertTriangle size={20} />}
      title={t("common.problem")}
    >
      <bdi>{text(error)}</bdi>
      {where && <div>{t("common.problemWhere", { where })}</div>}
      {retry && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={retry}>
            {t("common.retry")}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
