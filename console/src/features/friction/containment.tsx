import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { AsTable } from "@/shared/charts/as-table";
import { Chart } from "@/shared/charts/chart";
import type { ChartKit } from "@/shared/charts/kit";
import { useFormat } from "@/shared/format/use-format";
import { Empty } from "@/shared/ui/empty";
import { Section } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import type { UrlSearch } from "@/shared/url/search";
import { containmentQuery } from "./api";
import { ContainmentTable } from "./containment-table";
import { curveOption } from "./curve-option";
import classes from "./friction.module.css";
import { type Containment, WITHIN_DAYS } from "./types";
import type { FrictionParams } from "./url";

const DAYS = 14;

interface ContainmentViewProps {
  params: FrictionParams;
  withinDays: (typeof WITHIN_DAYS)[number];
  onChange: (patch: UrlSearch) => void;
}

/** Did self-service really solve it: the rate tools show, beside the one that holds. */
export function ContainmentView({ params, withinDays, onChange }: ContainmentViewProps) {
  const { t } = useTranslation();
  const answer = useQuery(containmentQuery(params, withinDays));
  const sorted = [...WITHIN_DAYS].sort((a, b) => Number(a) - Number(b));
  return (
    <>
      <p className={classes.lede}>{t("friction.containmentNote")}</p>
      <SegmentedControl
        className={classes.views}
        aria-label={t("friction.within")}
        value={withinDays}
        onChange={(within) => onChange({ within })}
        data={sorted.map((value) => ({
          value,
          label: t("friction.days", { count: Number(value) }),
        }))}
      />
      <QueryView query={answer} skeleton={<Skeleton height={420} />}>
        {(data) =>
          data.whole.episodes === 0 ? (
            <Empty title={t("friction.noEpisodes")} text={t("friction.noEpisodesText")} />
          ) : (
            <Report data={data} />
          )
        }
      </QueryView>
    </>
  );
}

function Report({ data }: { data: Containment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { whole, curve } = data;
  const option = useCallback(
    (kit: ChartKit) =>
      curveOption(
        { steps: curve, days: DAYS, name: (count) => t("friction.days", { count }) },
        kit,
      ),
    [curve, t],
  );
  const { verified } = whole;
  const share = verified ? format.percent(verified.share) : "–";
  const plain = whole.plain.share === null ? "–" : format.percent(whole.plain.share);
  return (
    <>
      <div className={classes.rates}>
        <div>
          <b className={classes.rate}>{share}</b>
          <span>{t("friction.verified", { count: data.within_days })}</span>
          {verified && (
            <span className={classes.soft}>
              {t("friction.between", {
                low: format.percent(verified.low),
                high: format.percent(verified.high),
              })}
            </span>
          )}
        </div>
        <div>
          <b className={classes.rate}>{plain}</b>
          <span>{t("friction.plain")}</span>
          <span className={classes.soft}>
            {t("friction.episodes", { count: whole.episodes, people: format.number(whole.people) })}
          </span>
        </div>
        <div>
          <b className={classes.rate}>{format.number(whole.open)}</b>
          <span>{t("friction.stillOpen")}</span>
        </div>
      </div>
      <Section title={t("friction.curve")} note={t("friction.curveNote")}>
        <Chart label={t("friction.curveLabel", { share })} height={260} option={option} />
        <AsTable
          label={t("friction.curve")}
          head={[t("friction.after"), t("common.share"), t("friction.interval")]}
          rows={whole.points.map((point) => ({
            key: String(point.days),
            cells: [
              t("friction.days", { count: point.days }),
              format.percent(point.share),
              `${format.percent(point.low)} – ${format.percent(point.high)}`,
            ],
          }))}
        />
      </Section>
      <Section title={t("friction.byTopic")}>
        <ContainmentTable parts={data.topics} of="topic" label={t("friction.byTopic")} />
      </Section>
      <Section title={t("friction.byChannel")}>
        <ContainmentTable parts={data.channels} of="channel" label={t("friction.byChannel")} />
      </Section>
    </>
  );
}
