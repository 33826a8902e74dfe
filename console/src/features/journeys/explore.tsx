import { SegmentedControl, Slider } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import type { UrlSearch } from "@/shared/url/search";
import { Bounds } from "./bounds";
import { Drafting } from "./drafting";
import { EdgePanel } from "./edge-panel";
import { EdgeTable } from "./edge-table";
import classes from "./journeys.module.css";
import { type Drawing, readableDetail, simplify } from "./simplify";
import { StepPanel } from "./step-panel";
import { type JourneysUrl, MEASURES, type ServerFilter } from "./url";

const GraphView = lazy(() => import("./graph-view"));
const SLIDE_WAIT_MS = 200;

interface ExploreProps {
  graph: Graph;
  url: JourneysUrl;
  filter: ServerFilter;
  onChange: (patch: UrlSearch, options?: { replace?: boolean }) => void;
}

/** Graph or table, and beside it whatever connection or step was chosen. */
export function Explore({ graph, url, filter, onChange }: ExploreProps) {
  const detail = url.detail ?? readableDetail(graph.edges.length);
  const drawing = useMemo(() => simplify(graph, detail), [graph, detail]);
  const openEdge = useCallback(
    (ef: string, et: string) => onChange({ ef, et, step: undefined }),
    [onChange],
  );
  const openStep = useCallback(
    (step: string) => onChange({ step, ef: undefined, et: undefined }),
    [onChange],
  );
  const close = () => onChange({ ef: undefined, et: undefined, step: undefined });
  const { edgeFrom, edgeTo, step } = url;
  const onEdge = edgeFrom !== "" && edgeTo !== "";
  const selected = onEdge ? JSON.stringify([edgeFrom, edgeTo]) : step;
  return (
    <>
      {url.view === "graph" && (
        <Bar url={url} initialDetail={detail} drawing={drawing} onChange={onChange} />
      )}
      <div className={classes.layout} data-panel={selected !== ""}>
        {url.view === "graph" ? (
          <Suspense fallback={<Drafting />}>
            <GraphView
              graph={graph}
              drawing={drawing}
              measure={url.measure}
              selected={selected}
              onEdge={openEdge}
              onStep={openStep}
            />
          </Suspense>
        ) : (
          <EdgeTable graph={graph} selected={selected} onEdge={openEdge} />
        )}
        {onEdge && (
          <EdgePanel key={selected} from={edgeFrom} to={edgeTo} filter={filter} onClose={close} />
        )}
        {!onEdge && step !== "" && (
          <StepPanel key={step} name={step} graph={graph} onEdge={openEdge} onClose={close} />
        )}
      </div>
      <Bounds graph={graph} onStep={openStep} />
    </>
  );
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
