import { Alert, Button, Group } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem";
import { useWord } from "../i18n/word";

/** Errors whose English detail says more than their code. */
const TELLING = ["bad_input", "conflict", "job_failed"];

/** What went wrong in words; the server's own are English, so other languages put theirs first. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  const word = useWord();
  return (error) => {
    if (!(error instanceof Problem)) return t("common.problem");
    const { code, message, where } = error;
    if (code === "bad_input" && where === "password") return t("auth.weak");
    if (message === "") return word("problems", code);
    if (i18n.language === "en") return message;
    const isTold = i18n.exists(`words.problems.${code}`);
    if (isTold && !TELLING.includes(code)) return word("problems", code);
    return `${isTold ? word("problems", code) : t("common.problem")} \u2066${message}\u2069`;
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
