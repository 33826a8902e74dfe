import { useTranslation } from "react-i18next";
import type { Answer, Compared } from "@/shared/query/types";
import { Empty } from "@/shared/ui/empty";
import { CohortTable } from "./cohort-table";
import { Curve } from "./curve";
import { Lifecycle } from "./lifecycle";
import classes from "./retention.module.css";
import { Sessions } from "./sessions";
import { Stickiness } from "./stickiness";
import { trimmed } from "./trim";
import type { LifecycleResult, RetentionResult, SessionsResult, StickinessResult } from "./types";
import type { RetentionUrl } from "./url";

interface ResultViewProps {
  url: RetentionUrl;
  answer: Answer<unknown>;
  onOpen: (cell: string | null) => void;
}

const KINDS = {
  cohorts: "retention",
  lifecycle: "lifecycle",
  stickiness: "stickiness",
  sessions: "sessions",
};

/** The answer, drawn as its kind asks for. */
export function ResultView({ url, answer, onOpen }: ResultViewProps) {
  const { t } = useTranslation();
  const { result } = answer;
  if (answer.kind !== KINDS[url.view]) return null;
  if (answer.header.people === 0)
    return (
      <Empty title={t("retention.empty")} text={t("retention.emptyText")} command="hamsafar demo" />
    );
  switch (url.view) {
    case "lifecycle":
      return <Lifecycle result={result as LifecycleResult} unit={url.unit} onOpen={onOpen} />;
    case "stickiness":
      return <Stickiness result={result as StickinessResult} unit={url.unit} onOpen={onOpen} />;
    case "sessions":
      return <Sessions result={result as SessionsResult} onOpen={onOpen} />;
    default: {
      const compared = answer.compared as Compared<RetentionResult> | null;
      const shown = trimmed(result as RetentionResult);
      return (
        <div className={classes.parts}>
          <Curve result={shown} compared={compared} url={url} onOpen={onOpen} />
          <CohortTable result={shown} url={url} onOpen={onOpen} />
        </div>
      );
    }
  }
}
