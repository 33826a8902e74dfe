import { UnstyledButton } from "@mantine/core";
import type { EChartsCoreOption } from "echarts/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "@/shared/charts/chart";
import { Interval } from "@/shared/charts/interval";
import { amountAxis, baseOption, type ChartKit, rowAxis } from "@/shared/charts/kit";
import { useFormat } from "@/shared/format/use-format";
import { Empty } from "@/shared/ui/empty";
import { Section } from "@/shared/ui/page";
import { round } from "./forest";
import classes from "./impact.module.css";
import type { TaintPoint, TaintResult } from "./types";

const DAY_S = 86_400;

interface TaintViewProps {
  result: TaintResult;
  onOpen: (cell: string | null) => void;
}

/** How those with the bad moment fare before and after it, beside those alike. */
export function TaintView({ result, onOpen }: TaintViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const span = useCallback(
    (point: TaintPoint) =>
      t("impact.between", {
        from: format.number(point.from_s / DAY_S),
        to: format.number(point.to_s / DAY_S),
      }),
    [t, format],
  );
  const short = useCallback(
    (point: TaintPoint) =>
      `\u2066${format.number(point.from_s / DAY_S)}–${format.number(point.to_s / DAY_S)}\u2069`,
    [format],
  );
  const option = useOption(result, short);
  const most = Math.max(
    0.01,
    ...result.points.flatMap((one) => [Math.abs(one.low ?? 0), Math.abs(one.high ?? 0)]),
  );
  if (result.people === 0) return <Empty title={t("impact.noBad")} text={t("impact.noBadText")} />;
  return (
    <>
      <div className={classes.basis}>
        <p>
          {t("impact.taintBasis", {
            people: t("query.peopleCount", { count: result.people ?? 0 }),
            alike: t("query.peopleCount", { count: result.alike ?? 0 }),
          })}
        </p>
        <p className={classes.observational}>
          <b>{t("impact.observational")}</b> {t("impact.taintWhy")}
        </p>
      </div>
      <Section
        title={t(result.is_rating ? "impact.taintRatings" : "impact.taintActivity")}
        note={t(result.is_rating ? "impact.taintRatingsNote" : "impact.taintActivityNote")}
      >
        <Chart label={t("impact.taintChart")} height={280} option={option} />
        <ol className={classes.points} aria-label={t("impact.taintPoints")}>
          {result.points.map((point, place) => (
            <Point
              key={`${point.side}${point.from_s}`}
              point={point}
              isFirst={place === 0 || result.points[place - 1]?.side !== point.side}
              most={most}
              span={span(point)}
              isRating={result.is_rating}
              onOpen={onOpen}
            />
          ))}
        </ol>
      </Section>
    </>
  );
}

function useOption(result: TaintResult, span: (point: TaintPoint) => string) {
  const { t } = useTranslation();
  return useCallback(
    (kit: ChartKit): EChartsCoreOption => {
      const { points, is_rating: isRating } = result;
      const before = points.filter((point) => point.side === "before").length;
      const write = (value: number) =>
        isRating ? kit.format.number(round(value)) : kit.format.percent(value);
      const line = (name: string, color: string, pick: (point: TaintPoint) => number | null) => ({
        type: "line" as const,
        name,
        // Nothing at the moment itself: the line breaks there.
        data: [...points.slice(0, before).map(pick), null, ...points.slice(before).map(pick)],
        symbolSize: 7,
        connectNulls: false,
        itemStyle: { color },
        lineStyle: { color, width: 2 },
        endLabel: {
          show: true,
          formatter: name,
          color,
          align: kit.rtl ? ("right" as const) : ("left" as const),
          offset: [kit.rtl ? -12 : 4, 0],
        },
      });
      const base = baseOption(kit);
      return {
        ...base,
        grid: { ...base.grid, top: 28, [kit.rtl ? "left" : "right"]: 120 },
        tooltip: { ...base.tooltip, valueFormatter: (value: unknown) => write(Number(value)) },
        xAxis: rowAxis(
          kit,
          [...points.slice(0, before).map(span), "", ...points.slice(before).map(span)],
          0,
        ),
        yAxis: {
          ...amountAxis(kit, write),
          ...(isRating
            ? { scale: true }
            : { min: 0, max: ({ max }: { max: number }) => Math.min(1, Math.ceil(max * 10) / 10) }),
        },
        series: [
          {
            ...line(t("impact.affected"), kit.color("--bad"), (point) => point.value),
            markLine: {
              silent: true,
              symbol: "none",
              lineStyle: { color: kit.color("--ink-soft"), type: "dashed" },
              label: { formatter: t("impact.beforeAfter"), color: kit.color("--ink-soft") },
              data: [{ xAxis: before }],
            },
          },
          line(t("impact.alikePeople"), kit.color("--ink-soft"), (point) => point.expected),
        ],
      };
    },
    [result, span, t],
  );
}

interface PointProps {
  point: TaintPoint;
  isFirst: boolean;
  most: number;
  span: string;
  isRating: boolean;
  onOpen: (cell: string | null) => void;
}

function Point({ point, isFirst, most, span, isRating, onOpen }: PointProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const write = (x: number) => (isRating ? format.number(round(x)) : format.percent(x));
  const change = (x: number) => (isRating ? format.number(round(x)) : format.points(x));
  const { difference, low, high } = point;
  return (
    <li className={classes.point} data-real={point.is_significant}>
      <span>
        {isFirst && <b>{t(`impact.sides.${point.side}`)} </b>}
        {span}
      </span>
      {point.value === null || point.expected === null ? (
        <span className={classes.soft}>{t("impact.nobodyHere")}</span>
      ) : (
        <span>
          <UnstyledButton className={classes.link} onClick={() => onOpen(point.affected.cell)}>
            {write(point.value)}
          </UnstyledButton>{" "}
          <UnstyledButton className={classes.soft} onClick={() => onOpen(point.alike.cell)}>
            {t("impact.alike", { expected: write(point.expected) })}
          </UnstyledButton>
        </span>
      )}
      {difference !== null && low !== null && high !== null && (
        <>
          <span className={classes.plot}>
            <Interval
              label={`${change(difference)} (${change(low)} – ${change(high)})`}
              value={difference}
              low={low}
              high={high}
              from={-most}
              to={most}
              zero={0}
            />
          </span>
          <span className={classes.effect}>
            <b>
              <bdi>{change(difference)}</bdi>
            </b>
            <span className={classes.soft}>
              {t(point.is_significant ? "impact.sure" : "impact.mayBeChance")}
            </span>
          </span>
        </>
      )}
    </li>
  );
}
