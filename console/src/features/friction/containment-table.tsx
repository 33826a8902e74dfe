import { useTranslation } from "react-i18next";
import { Interval } from "@/shared/charts/interval";
import { useFormat } from "@/shared/format/use-format";
import { DataTable } from "@/shared/ui/data-table";
import { ChannelName, Plain } from "@/shared/ui/names";
import type { ContainmentPart } from "./types";

interface ContainmentTableProps {
  parts: ContainmentPart[];
  of: "topic" | "channel";
  label: string;
}

/** Containment by topic or channel: the verified share with its interval, the plain one beside. */
export function ContainmentTable({ parts, of, label }: ContainmentTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = (part: ContainmentPart) => {
    if (part.name === "") return t("friction.unsaid");
    return of === "channel" ? <ChannelName channel={part.name} /> : <Plain>{part.name}</Plain>;
  };
  return (
    <DataTable
      label={label}
      rows={parts}
      rowKey={(part) => part.name}
      columns={[
        {
          id: "name",
          header: of === "channel" ? t("common.channel") : t("friction.topic"),
          cell: name,
        },
        {
          id: "verified",
          header: t("friction.verifiedShort"),
          numeric: true,
          sort: (part) => part.verified?.share ?? -1,
          cell: (part) => (part.verified ? format.percent(part.verified.share) : "–"),
        },
        {
          id: "interval",
          header: t("friction.interval"),
          wide: true,
          cell: ({ verified }) =>
            verified && (
              <Interval
                label={t("friction.between", {
                  low: format.percent(verified.low),
                  high: format.percent(verified.high),
                })}
                value={verified.share}
                low={verified.low}
                high={verified.high}
                from={0}
                to={1}
              />
            ),
        },
        {
          id: "plain",
          header: t("friction.plainShort"),
          numeric: true,
          sort: (part) => part.plain.share ?? -1,
          cell: (part) => (part.plain.share === null ? "–" : format.percent(part.plain.share)),
        },
        {
          id: "episodes",
          header: t("friction.episodesShort"),
          numeric: true,
          sort: (part) => part.episodes,
          cell: (part) => format.number(part.episodes),
        },
      ]}
    />
  );
}
