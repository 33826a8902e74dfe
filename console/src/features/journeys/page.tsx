import { Anchor, SegmentedControl, Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import { useFormat, useZone } from "@/shared/format/use-format";
import { graphQuery } from "@/shared/query/api";
import { ComparePicker } from "@/shared/query/compare-picker";
import { isScoped, scopeParams } from "@/shared/query/scope";
import { ScopeBar } from "@/shared/query/scope-bar";
import { ShareLink } from "@/shared/query/share-link";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrl } from "@/shared/url/use-url";
import { cellPatch } from "./cell";
import { Comparison, useComparison } from "./comparison";
import { Explore } from "./explore";
import { Nothing } from "./nothing";
import { parseJourneys, VIEWS } from "./url";
import { VariantsView } from "./variants";

/** The real journey: graph, table and whole paths, all under the same filters. */
export function JourneysPage() {
  const { t } = useTranslation();
  const zone = useZone();
  const [url, setUrl] = useUrl(parseJourneys);
  const filter = useMemo(() => scopeParams(url.scope, zone), [url.scope, zone]);
  const isFiltered = isScoped(url.scope);
  const comparison = useComparison(url, zone);
  usePreload();
  const graph = useQuery({ ...graphQuery(filter), placeholderData: keepPreviousData });
  return (
    <Page
      title={t("journeys.title")}
      lede={
        graph.data ? (
          <SummaryLine graph={graph.data} onOpen={() => setUrl(cellPatch({ of: "everyone" }))} />
        ) : (
          t("journeys.lede")
        )
      }
      actions={
        <>
          <ShareLink />
          <SegmentedControl
            aria-label={t("journeys.view")}
            value={url.view}
            onChange={(view) => setUrl({ view: view === "graph" ? undefined : view })}
            data={VIEWS.map((value) => ({ value, label: t(`journeys.views.${value}`) }))}
          />
        </>
      }
    >
      <ScopeBar scope={url.scope} onChange={setUrl}>
        <ComparePicker compare={url.compare} scope={url.scope} onChange={setUrl} />
      </ScopeBar>
      {url.view === "variants" ? (
        <VariantsView filter={filter} isFiltered={isFiltered} cell={url.cell} onChange={setUrl} />
      ) : (
        <QueryView query={graph} skeleton={<Skeleton height={480} />}>
          {(data) =>
            data.nodes.length === 0 ? (
              <Nothing filtered={isFiltered} />
            ) : (
              <>
                <Explore
                  graph={data}
                  url={url}
                  filter={filter}
                  differences={comparison.differences}
                  onChange={setUrl}
                />
                <Comparison comparison={comparison} />
              </>
            )
          }
        </QueryView>
      )}
    </Page>
  );
}

/** Fetch the program that draws while the server still computes. */
function usePreload(): void {
  useEffect(() => {
    void import("./graph-view");
  }, []);
}

function SummaryLine({ graph, onOpen }: { graph: Graph; onOpen: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <Anchor component="button" type="button" inherit onClick={onOpen}>
        {t("journeys.peopleCount", { count: graph.people })}
      </Anchor>
      {t("journeys.summary", {
        events: format.number(graph.events),
        took: format.span(graph.took_ms / 1000),
      })}
    </>
  );
}
