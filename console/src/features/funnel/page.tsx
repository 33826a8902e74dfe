import { Button, Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ExportMenu } from "@/shared/charts/export-menu";
import { useZone } from "@/shared/format/use-format";
import { answerQuery, saveAnswer } from "@/shared/query/api";
import { ComparePicker } from "@/shared/query/compare-picker";
import { AnswerLine } from "@/shared/query/notes";
import { isScoped } from "@/shared/query/scope";
import { ScopeBar } from "@/shared/query/scope-bar";
import { ShareLink } from "@/shared/query/share-link";
import { useSuggestion } from "@/shared/query/use-suggestion";
import { useConditionWords } from "@/shared/query/words";
import { Empty } from "@/shared/ui/empty";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrl } from "@/shared/url/use-url";
import { Editor } from "./editor";
import classes from "./funnel.module.css";
import { FunnelView } from "./funnel-view";
import { funnelQuery, parseFunnel } from "./url";
import { Why } from "./why";

/** How many of those who enter get through, step by step, and where the others stop. */
export function FunnelPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const words = useConditionWords();
  const [url, setUrl] = useUrl(parseFunnel);
  const picture = useRef<HTMLDivElement>(null);
  const suggestion = useSuggestion(url.scope, url.goal, url.steps.length === 0);
  const steps = url.steps.length > 0 ? url.steps : suggestion.steps;
  const query = useMemo(() => funnelQuery({ url, steps, zone, words }), [url, steps, zone, words]);
  const answer = useQuery({
    ...answerQuery(query),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={t("funnel.title")}
      lede={answer.data ? <AnswerLine header={answer.data.header} /> : t("funnel.lede")}
      actions={
        <>
          <Button
            variant={url.why ? "light" : "default"}
            size="xs"
            aria-pressed={url.why}
            onClick={() => setUrl({ why: url.why ? undefined : "1" })}
          >
            {t("funnel.why.ask")}
          </Button>
          <ShareLink />
          {query && (
            <ExportMenu
              name="funnel"
              of={picture}
              server={(format) => saveAnswer("funnel", query, format)}
            />
          )}
        </>
      }
    >
      <ScopeBar scope={url.scope} onChange={setUrl}>
        <ComparePicker compare={url.compare} scope={url.scope} onChange={setUrl} />
      </ScopeBar>
      <div className={classes.layout}>
        <Editor
          url={url}
          steps={steps}
          goals={url.steps.length === 0 ? suggestion.goals : null}
          goal={suggestion.goal}
          onChange={setUrl}
        />
        <div className={classes.main}>
          {suggestion.isEmpty ? (
            <Empty
              title={t(isScoped(url.scope) ? "funnel.noMatch" : "funnel.empty")}
              text={t("funnel.emptyText")}
              command="hamsafar demo"
            />
          ) : (
            <QueryView query={answer} skeleton={<Skeleton height={420} />}>
              {(data) =>
                query && (
                  <FunnelView
                    answer={data}
                    query={query}
                    url={url}
                    picture={picture}
                    isStale={answer.isPlaceholderData}
                    onChange={setUrl}
                  />
                )
              }
            </QueryView>
          )}
          {url.why && query && <Why query={query} onChange={setUrl} />}
        </div>
      </div>
    </Page>
  );
}
