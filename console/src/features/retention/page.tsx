import { SegmentedControl, Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ExportMenu } from "@/shared/charts/export-menu";
import { useZone } from "@/shared/format/use-format";
import { answerQuery, saveAnswer } from "@/shared/query/api";
import { ComparePicker } from "@/shared/query/compare-picker";
import { Differences } from "@/shared/query/differences";
import { AnswerLine, Notes } from "@/shared/query/notes";
import { PeopleDrawer } from "@/shared/query/people-drawer";
import { ScopeBar } from "@/shared/query/scope-bar";
import { ShareLink } from "@/shared/query/share-link";
import { useConditionWords } from "@/shared/query/words";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrl } from "@/shared/url/use-url";
import { Fields } from "./fields";
import { ResultView } from "./result-view";
import classes from "./retention.module.css";
import { VIEWS } from "./types";
import { parseRetention, viewQuery } from "./url";
import { useDifferenceWords } from "./use-words";

/** Who comes back, how often, and who falls silent. */
export function RetentionPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const words = useConditionWords();
  const [url, setUrl] = useUrl(parseRetention);
  const picture = useRef<HTMLDivElement>(null);
  const query = useMemo(() => viewQuery(url, { zone, words }), [url, zone, words]);
  const answer = useQuery({
    ...answerQuery(query),
    placeholderData: (before) =>
      before?.kind === query.kind ? keepPreviousData(before) : undefined,
  });
  const open = useCallback((cell: string | null) => setUrl({ cell: cell ?? undefined }), [setUrl]);
  const differenceWords = useDifferenceWords(url);
  return (
    <Page
      title={t("retention.title")}
      lede={answer.data ? <AnswerLine header={answer.data.header} /> : t("retention.lede")}
      actions={
        <>
          <ShareLink />
          <ExportMenu
            name={query.kind}
            of={picture}
            server={(format) => saveAnswer(query.kind, query, format)}
          />
        </>
      }
    >
      <ScopeBar scope={url.scope} onChange={setUrl}>
        <ComparePicker compare={url.compare} scope={url.scope} onChange={setUrl} />
      </ScopeBar>
      <SegmentedControl
        className={classes.views}
        aria-label={t("retention.view")}
        value={url.view}
        onChange={(view) =>
          setUrl({
            view: view === VIEWS[0] ? undefined : view,
            periods: undefined,
            cell: undefined,
          })
        }
        data={VIEWS.map((value) => ({ value, label: t(`retention.views.${value}`) }))}
      />
      <Fields url={url} onChange={setUrl} />
      <QueryView query={answer} skeleton={<Skeleton height={420} />}>
        {(data) => (
          <div className={classes.parts} data-stale={answer.isPlaceholderData}>
            <div ref={picture}>
              <ResultView url={url} answer={data} onOpen={open} />
            </div>
            <Notes header={data.header} />
            {data.compared && data.compared.differences.length > 0 && (
              <Differences compared={data.compared} label={differenceWords} />
            )}
          </div>
        )}
      </QueryView>
      <PeopleDrawer
        query={query}
        cell={url.cell}
        title={t("query.peopleBehind")}
        onClose={() => open(null)}
      />
    </Page>
  );
}
