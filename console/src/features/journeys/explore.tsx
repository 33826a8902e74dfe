import { SegmentedControl, Slider } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import type { UrlSearch } from "@/shared/url/search";
import { Bounds } from "./bounds";
import { type Cell, cellKey, cellPatch } from "./cell";
import type { Differences } from "./comparison";
import { Drafting } from "./drafting";
import { EdgeTable } from "./edge-table";
import classes from "./journeys.module.css";
import { PeoplePanel } from "./people-panel";
import { type Drawing, END, edgeId, readableDetail, START, simplify } from "./simplify";
import { type JourneysUrl, MEASURES, type ServerFilter } from "./url";

const GraphView = lazy(() => import("./graph-view"));
const SLIDE_WAIT_MS = 200;

interface ExploreProps {
  graph: Graph;
  url: JourneysUrl;
  filter: ServerFilter;
  /** Given while two sides are compared: how they differ on each connection. */
  differences: Differences | null;
  onChange: (patch: UrlSearch, options?: { replace?: boolean }) => void;
}

/** Graph or table, and beside it the people of whatever number was chosen. */
export function Explore({ graph, url, filter, differences, onChange }: ExploreProps) {
  const detail = url.detail ?? readableDetail(graph.edges.length);
  const drawing = useMemo(() => simplify(graph, detail), [graph, detail]);
  const { cell } = url;
  const open = useCallback((next: Cell | null) => onChange(cellPatch(next)), [onChange]);
  const selected = cell && selectionOf(cell);
  return (
    <>
      {url.view === "graph" && (
        <Bar url={url} initialDetail={detail} drawing={drawing} onChange={onChange} />
      )}
      <div className={classes.layout} data-panel={cell !== null}>
        {url.view === "graph" ? (
          <Suspense fallback={<Drafting />}>
            <GraphView
              graph={graph}
              drawing={drawing}
              measure={url.measure}
              differences={differences}
              selected={selected ?? ""}
              onOpen={open}
            />
          </Suspense>
        ) : (
          <EdgeTable graph={graph} selected={selected ?? ""} onOpen={open} />
        )}
        {cell && (
          <PeoplePanel
            key={cellKey(cell)}
            cell={cell}
            filter={filter}
            graph={graph}
            onOpen={open}
            onClose={() => open(null)}
          />
        )}
      </div>
      <Bounds graph={graph} onOpen={open} />
    </>
  );
}

/** What of the picture is marked: a step, or a connection, those with start and end among them. */
function selectionOf(cell: Cell): string {
  switch (cell.of) {
    case "edge":
      return edgeId(cell.from, cell.to);
    case "start":
      return edgeId(START, cell.name);
    case "end":
      return edgeId(cell.name, END);
    case "node":
      return cell.name;
    default:
      return "";
  }
}

interface BarProps {
  url: JourneysUrl;
  initialDetail: number;
  drawing: Drawing;
  onChange: ExploreProps["onChange"];
}

/** What the lines show, and how many of them. */
function Bar({ url, initialDetail, drawing, onChange }: BarProps) {
  const { t } = useTranslation();
  const [detail, setDetail] = useState(initialDetail);
  const settle = useDebouncedCallback(
    (value: number) => onChange({ detail: String(value) }, { replace: true }),
    SLIDE_WAIT_MS,
  );
  return (
    <div className={classes.bar}>
      <SegmentedControl
        size="sm"
        aria-label={t("journeys.measure")}
        value={url.measure}
        onChange={(measure) => onChange({ measure: measure === "count" ? undefined : measure })}
        data={MEASURES.map((value) => ({ value, label: t(`journeys.measures.${value}`) }))}
      />
      <span className={classes.detail}>
        <span>{t("journeys.detail")}</span>
        <Slider
          w={160}
          label={null}
          thumbLabel={t("journeys.detail")}
          value={detail}
          onChange={(value) => {
            setDetail(value);
            settle(value);
          }}
        />
        <span>{t("journeys.detailNote", { shown: drawing.shown, all: drawing.all })}</span>
      </span>
    </div>
  );
}
