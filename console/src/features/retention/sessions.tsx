import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ColumnChart, withoutEmptyEnds } from "@/shared/charts/columns";
import { useFormat } from "@/shared/format/use-format";
import { FigureText } from "@/shared/query/figure-text";
import { DataTable } from "@/shared/ui/data-table";
import { ChannelName } from "@/shared/ui/names";
import { Section } from "@/shared/ui/page";
import classes from "./retention.module.css";
import type { SessionsResult } from "./types";

interface SessionsProps {
  result: SessionsResult;
  onOpen: (cell: string | null) => void;
}

/** How people's visits are: how many, over which channels, how long. */
export function Sessions({ result, onOpen }: SessionsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const number = (value: number | null) =>
    value === null ? t("query.suppressed") : format.number(value);
  const length = (value: number | null) => (value === null ? "" : format.span(value));
  const lengths = withoutEmptyEnds(result.lengths, (bin) => bin.count === 0);
  return (
    <div className={classes.parts}>
      <Section
        title={t("retention.sessionCount", { count: result.sessions ?? 0 })}
        note={<FigureText figure={result.people} show="count" />}
      >
        <DataTable
          label={t("retention.views.sessions")}
          rows={result.channels}
          rowKey={(row) => row.channel}
          columns={[
            {
              id: "channel",
              header: t("retention.beganOn"),
              cell: (row) => <ChannelName channel={row.channel} />,
            },
            {
              id: "sessions",
              header: t("retention.views.sessions"),
              numeric: true,
              sort: (row) => row.sessions ?? 0,
              cell: (row) => number(row.sessions),
            },
            {
              id: "people",
              header: t("query.peopleBehind"),
              numeric: true,
              cell: (row) => (
                <Anchor
                  component="button"
                  type="button"
                  size="sm"
                  onClick={() => onOpen(row.people.cell)}
                >
                  <FigureText figure={row.people} show="count" />
                </Anchor>
              ),
            },
            {
              id: "median",
              header: t("retention.medianLength"),
              numeric: true,
              cell: (row) => length(row.median_s),
            },
            {
              id: "events",
              header: t("retention.medianEvents"),
              numeric: true,
              wide: true,
              cell: (row) => number(row.median_events),
            },
            {
              id: "single",
              header: t("retention.single"),
              numeric: true,
              wide: true,
              cell: (row) => number(row.single),
            },
          ]}
        />
      </Section>
      <Section title={t("retention.lengths")}>
        <ColumnChart
          label={t("retention.lengths")}
          rows={lengths.map((bin) => {
            const from = format.span(bin.from_s);
            const count = bin.count ?? 0;
            return {
              key: String(bin.from_s),
              label: from,
              value: count,
              text: count === 0 ? "" : format.number(count),
              title: t("retention.lengthLabel", {
                from,
                to: bin.to_s === null ? "∞" : format.span(bin.to_s),
                count,
              }),
              onOpen: bin.cell === null ? undefined : () => onOpen(bin.cell),
            };
          })}
        />
      </Section>
    </div>
  );
}
