import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { namesQuery } from "@/shared/api/queries";
import { ExportMenu } from "@/shared/charts/export-menu";
import { useZone } from "@/shared/format/use-format";
import { AnswerLine } from "@/shared/query/notes";
import { ScopeBar } from "@/shared/query/scope-bar";
import { ShareLink } from "@/shared/query/share-link";
import { useSuggestion } from "@/shared/query/use-suggestion";
import { useConditionWords } from "@/shared/query/words";
import { Empty } from "@/shared/ui/empty";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrl } from "@/shared/url/use-url";
import { impactQuery } from "./api";
import { AttributionView } from "./attribution-view";
import { DriversView } from "./drivers-view";
import { Editor } from "./editor";
import classes from "./impact.module.css";
import { ImpactPeople } from "./people";
import { propose } from "./suggest";
import { tableOf } from "./table";
import { TaintView } from "./taint-view";
import { type ImpactAnswer, VIEWS, type View } from "./types";
import { impactAsk, parseImpact } from "./url";

/** What moves an outcome, how bad moments colour good ones, and to whom conversions are owed. */
export function ImpactPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const words = useConditionWords();
  const [url, setUrl] = useUrl(parseImpact);
  const picture = useRef<HTMLDivElement>(null);
  const suggestion = useSuggestion(url.scope, "", true);
  const names = useQuery(namesQuery);
  const proposal = useMemo(
    () =>
      propose(
        suggestion.goal,
        suggestion.steps.map((step) => step.name),
        (names.data ?? []).map((one) => one.name),
      ),
    [suggestion, names.data],
  );
  const question = useMemo(
    () => impactAsk(url, proposal, { zone, words }),
    [url, proposal, zone, words],
  );
  const answer = useQuery({
    ...impactQuery(question),
    placeholderData: (before) => (before?.result.kind === url.view ? before : undefined),
  });
  const open = useCallback((cell: string | null) => setUrl({ cell: cell ?? undefined }), [setUrl]);
  return (
    <Page
      title={t("impact.title")}
      lede={answer.data ? <AnswerLine header={answer.data.header} /> : t("impact.lede")}
      actions={
        <>
          <ShareLink />
          {answer.data && (
            <ExportMenu
              name={`impact-${url.view}`}
              of={picture}
              table={() => (answer.data ? tableOf(answer.data.result) : [])}
            />
          )}
        </>
      }
    >
      <ScopeBar scope={url.scope} onChange={setUrl} />
      <SegmentedControl
        className={classes.views}
        aria-label={t("impact.view")}
        data={VIEWS.map((value) => ({ value, label: t(`impact.viewsOf.${value}`) }))}
        value={url.view}
        onChange={(view) =>
          setUrl({ view: view === VIEWS[0] ? undefined : (view as View), cell: undefined })
        }
      />
      <div className={classes.layout}>
        <Editor url={url} proposal={proposal} onChange={setUrl} />
        <div ref={picture} className={classes.main} data-stale={answer.isPlaceholderData}>
          {question === null ? (
            <Empty
              title={t("impact.empty")}
              text={t(`impact.emptyTexts.${url.view}`)}
              command="hamsafar demo"
            />
          ) : (
            <QueryView query={answer} skeleton={<Skeleton height={420} />}>
              {(data) => (
                <ResultView answer={data} isChannel={url.touch === "channel"} onOpen={open} />
              )}
            </QueryView>
          )}
        </div>
      </div>
      {question && (
        <ImpactPeople
          question={question}
          cell={url.cell}
          title={t("query.peopleBehind")}
          onClose={() => open(null)}
        />
      )}
    </Page>
  );
}

interface ResultViewProps {
  answer: ImpactAnswer;
  isChannel: boolean;
  onOpen: (cell: string | null) => void;
}

function ResultView({ answer: { result }, isChannel, onOpen }: ResultViewProps) {
  if (result.kind === "drivers") return <DriversView result={result} onOpen={onOpen} />;
  if (result.kind === "taint") return <TaintView result={result} onOpen={onOpen} />;
  return <AttributionView result={result} isChannel={isChannel} onOpen={onOpen} />;
}
