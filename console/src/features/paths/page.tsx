import { Skeleton } from "@mantine/core";
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
import { isScoped } from "@/shared/query/scope";
import { ScopeBar } from "@/shared/query/scope-bar";
import { ShareLink } from "@/shared/query/share-link";
import { isStep, stepDraft } from "@/shared/query/step";
import { useSuggestion } from "@/shared/query/use-suggestion";
import { useConditionWords } from "@/shared/query/words";
import { Empty } from "@/shared/ui/empty";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrl } from "@/shared/url/use-url";
import { Fields } from "./fields";
import { LinkTable } from "./link-table";
import classes from "./paths.module.css";
import { Sankey } from "./sankey";
import { parsePaths, pathsQuery } from "./url";
import { useTitle } from "./use-title";

/** Which ways people take from an event, to it, between two, or after they stopped. */
export function PathsPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const words = useConditionWords();
  const [url, setUrl] = useUrl(parsePaths);
  const picture = useRef<HTMLDivElement>(null);
  const isAsked = url.direction === "after_dropoff" ? url.steps.length > 0 : isStep(url.start);
  const suggestion = useSuggestion(url.scope, "", !isAsked || !isStep(url.end));
  const usual = url.direction === "backward" ? suggestion.goal : suggestion.start;
  const asked = useMemo(
    () => ({
      start: isStep(url.start) ? url.start : stepDraft(usual),
      end: isStep(url.end) ? url.end : stepDraft(suggestion.goal),
      steps: url.steps.length > 0 ? url.steps : suggestion.steps,
    }),
    [url, usual, suggestion],
  );
  const query = useMemo(
    () => pathsQuery({ url, ...asked, zone, words }),
    [url, asked, zone, words],
  );
  const answer = useQuery({
    ...answerQuery(query),
    placeholderData: keepPreviousData,
  });
  const open = useCallback((cell: string | null) => setUrl({ cell: cell ?? undefined }), [setUrl]);
  const title = useTitle(answer.data?.result, url.cell);
  return (
    <Page
      title={t("paths.title")}
      lede={answer.data ? <AnswerLine header={answer.data.header} /> : t("paths.lede")}
      actions={
        <>
          <ShareLink />
          {query && (
            <ExportMenu
              name="paths"
              of={picture}
              server={(format) => saveAnswer("paths", query, format)}
            />
          )}
        </>
      }
    >
      <ScopeBar scope={url.scope} onChange={setUrl}>
        <ComparePicker compare={url.compare} scope={url.scope} onChange={setUrl} />
      </ScopeBar>
      <Fields url={url} {...asked} onChange={setUrl} />
      {suggestion.isEmpty ? (
        <Empty
          title={t(isScoped(url.scope) ? "paths.noMatch" : "paths.empty")}
          text={t("paths.emptyText")}
          command="hamsafar demo"
        />
      ) : (
        <QueryView query={answer} skeleton={<Skeleton height={420} />}>
          {({ result, header, compared }) =>
            result.nodes.length === 0 ? (
              <Empty title={t("paths.noMatch")} text={t("paths.noMatchText")} />
            ) : (
              <div className={answer.isPlaceholderData ? classes.stale : undefined}>
                <div ref={picture}>
                  <Sankey
                    result={result}
                    direction={url.direction}
                    selected={url.cell}
                    onOpen={open}
                  />
                </div>
                {result.hidden_links > 0 && (
                  <p className={classes.soft}>
                    {t("paths.hidden", {
                      links: result.hidden_links,
                      count: result.hidden_count ?? 0,
                    })}
                  </p>
                )}
                <Notes header={header} />
                <LinkTable result={result} onOpen={open} />
                {compared && compared.differences.length > 0 && <Differences compared={compared} />}
              </div>
            )
          }
        </QueryView>
      )}
      {query && (
        <PeopleDrawer query={query} cell={url.cell} title={title} onClose={() => open(null)} />
      )}
    </Page>
  );
}
