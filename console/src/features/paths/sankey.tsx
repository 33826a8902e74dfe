import { useDirection } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { figureWords } from "@/shared/query/figure-text";
import { flowOf, type PlacedLink, type PlacedNode } from "./layout";
import classes from "./paths.module.css";
import type { Direction, PathsResult } from "./types";
import { useNodeName } from "./use-node-name";

const LEAST_COLUMN = 148;

interface SankeyProps {
  result: PathsResult;
  direction: Direction;
  selected: string | null;
  onOpen: (cell: string | null) => void;
}

function pressed(event: KeyboardEvent, act: () => void): void {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  act();
}

/** Steps in columns, and bands as thick as they are travelled. */
export function Sankey({ result, direction, selected, onOpen }: SankeyProps) {
  const { t } = useTranslation();
  const { dir } = useDirection();
  const { ref, width: room } = useElementSize();
  const columns = new Set(result.nodes.map((node) => node.position)).size;
  const width = Math.max(room, columns * LEAST_COLUMN);
  const flow = useMemo(
    () => flowOf(result, { direction, width, rtl: dir === "rtl" }),
    [result, direction, width, dir],
  );
  return (
    <section className={classes.scroll} ref={ref} aria-label={t("paths.chart")}>
      {room > 0 && (
        // biome-ignore lint/a11y/noSvgWithoutTitle: each part of it has its own name; the section has one too.
        <svg
          className={classes.flow}
          width={flow.width}
          height={flow.height}
          viewBox={`0 0 ${flow.width} ${flow.height}`}
        >
          {flow.links.map((placed) => (
            <Band
              key={`${placed.link.from}>${placed.link.to}`}
              placed={placed}
              result={result}
              selected={selected}
              onOpen={onOpen}
            />
          ))}
          {flow.nodes.map((placed) => (
            <Step
              key={placed.node.id}
              placed={placed}
              room={flow.columnWidth}
              selected={selected}
              onOpen={onOpen}
            />
          ))}
        </svg>
      )}
    </section>
  );
}

interface BandProps {
  placed: PlacedLink;
  result: PathsResult;
  selected: string | null;
  onOpen: (cell: string | null) => void;
}

function Band({ placed, result, selected, onOpen }: BandProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const nodeName = useNodeName();
  const { link, path, thickness } = placed;
  const name = (id: string) =>
    nodeName(result.nodes.find((node) => node.id === id) ?? { id, name: id });
  const said = t("paths.linkLabel", {
    from: name(link.from),
    to: name(link.to),
    people: figureWords(link.people, t, format),
    median: link.median_s === null ? "–" : format.span(link.median_s),
  });
  const cell = link.people.cell;
  const open = () => onOpen(cell);
  return (
    // biome-ignore lint/a11y/useSemanticElements: no HTML button can stand inside a drawing.
    <path
      d={path}
      className={classes.band}
      data-other={placed.isOther}
      data-selected={cell !== null && cell === selected}
      style={{ strokeWidth: thickness }}
      role="button"
      tabIndex={cell === null ? -1 : 0}
      aria-label={said}
      onClick={open}
      onKeyDown={(event) => pressed(event, open)}
    >
      <title>{said}</title>
    </path>
  );
}

interface StepProps {
  placed: PlacedNode;
  /** Width of a column. */
  room: number;
  selected: string | null;
  onOpen: (cell: string | null) => void;
}

const LETTER = 7.2;

function Step({ placed, room, selected, onOpen }: StepProps) {
  const { t } = useTranslation();
  const { dir } = useDirection();
  const format = useFormat();
  const nodeName = useNodeName();
  const { node, x, y, width, height } = placed;
  const name = nodeName(node);
  const most = Math.floor((room - width - 16) / LETTER);
  const short = name.length > most ? `${name.slice(0, most - 1)}…` : name;
  const count =
    node.people.count === null ? t("query.suppressed") : format.number(node.people.count);
  const said = `${name}: ${figureWords(node.people, t, format)}`;
  const cell = node.people.cell;
  const open = () => onOpen(cell);
  const edge = dir === "rtl" ? x - 6 : x + width + 6;
  return (
    // biome-ignore lint/a11y/useSemanticElements: no HTML button can stand inside a drawing.
    <g
      className={classes.step}
      data-other={placed.isOther}
      data-selected={cell !== null && cell === selected}
      role="button"
      tabIndex={cell === null ? -1 : 0}
      aria-label={said}
      onClick={open}
      onKeyDown={(event) => pressed(event, open)}
    >
      <title>{said}</title>
      <rect x={x} y={y} width={width} height={height} />
      <text x={edge} y={y + 13} className={classes.name} aria-hidden>
        {short}
      </text>
      <text x={edge} y={y + 28} className={classes.count} aria-hidden>
        {count}
      </text>
    </g>
  );
}
