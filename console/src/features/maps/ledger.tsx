import { SegmentedControl, Skeleton, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { Empty } from "@/shared/ui/empty";
import { Section } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import type { UrlSearch } from "@/shared/url/search";
import { ledgerQuery } from "./api";
import bars from "./ledger.module.css";
import classes from "./maps.module.css";
import { SpeedTable } from "./speed-table";
import { DIMENSIONS, type Ledger, type LedgerRow, type MapShape, PARTIES } from "./types";
import type { MapsParams, MapsUrl } from "./url";

interface LedgerViewProps {
  stored: MapShape;
  params: MapsParams;
  by: MapsUrl["by"];
  onChange: (patch: UrlSearch) => void;
}

/** Who waited for whom: the time of all attempts split by party, and how fast things came. */
export function LedgerView({ stored, params, by, onChange }: LedgerViewProps) {
  const { t } = useTranslation();
  const ledger = useQuery(ledgerQuery(stored.id, params));
  const open = (cell: string) => onChange({ cell: `time:${cell}` });
  return (
    <QueryView query={ledger} skeleton={<Skeleton height={420} />}>
      {(data) =>
        data.strands === 0 ? (
          <Empty title={t("maps.noWaits")} text={t("maps.noWaitsText")} />
        ) : (
          <>
            <p className={classes.lede}>{t("maps.ledgerText")}</p>
            <Legend data={data} />
            <SplitBar shares={data.shares} onOpen={open} />
            <div className={classes.scroll}>
              <SegmentedControl
                aria-label={t("maps.by")}
                value={by}
                onChange={(next) => onChange({ by: next === DIMENSIONS[0] ? undefined : next })}
                data={DIMENSIONS.map((value) => ({ value, label: t(`maps.dimensions.${value}`) }))}
              />
            </div>
            <Rows rows={data.rows.filter((row) => row.dimension === by)} onOpen={open} />
            <Section title={t("maps.speeds")} note={t("maps.speedsText")}>
              <SpeedTable
                rows={data.rows.filter((row) => row.dimension === by)}
                whole={data}
                onOpen={open}
              />
            </Section>
          </>
        )
      }
    </QueryView>
  );
}

/** What the colours say, with the sums beside: the only legend there is. */
function Legend({ data }: { data: Ledger }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={bars.parties}>
      {data.shares.map((share) => (
        <li key={share.party} data-party={share.party}>
          <span>{t(`maps.parties.${share.party as "queue"}`)}</span>
          <b>{format.percent(data.elapsed_s === 0 ? 0 : share.wall_s / data.elapsed_s)}</b>
          <span className={classes.soft}>
            {share.wall_s > 0 &&
              t("maps.wallAndWork", {
                wall: format.span(share.wall_s),
                work: format.span(share.business_s),
              })}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface SplitBarProps {
  shares: Ledger["shares"];
  onOpen: (cell: string) => void;
}

function SplitBar({ shares, onOpen }: SplitBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const total = shares.reduce((sum, share) => sum + share.wall_s, 0) || 1;
  return (
    <div className={bars.split}>
      {shares
        .filter((share) => share.wall_s > 0)
        .map((share) => {
          const party = PARTIES.find((one) => one === share.party) ?? "customer";
          const label = t("maps.partyTime", {
            party: t(`maps.parties.${party}`),
            span: format.span(share.wall_s),
          });
          return (
            <UnstyledButton
              key={share.party}
              data-party={share.party}
              title={label}
              aria-label={label}
              style={{ flexGrow: share.wall_s / total }}
              onClick={() => onOpen(share.cell)}
            />
          );
        })}
    </div>
  );
}

function Rows({ rows, onOpen }: { rows: LedgerRow[]; onOpen: (cell: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  return (
    <ol className={bars.rows}>
      {rows.map((row) => {
        const waited = row.shares
          .filter((share) => share.party !== "customer")
          .reduce((sum, share) => sum + share.wall_s, 0);
        const key = row.dimension === "channel" ? word("channels", row.key) : row.key;
        return (
          <li key={row.key}>
            <span className={bars.rowName}>
              <bdi>{key || t("maps.noOwner")}</bdi>
            </span>
            <SplitBar shares={row.shares} onOpen={onOpen} />
            <span className={classes.soft}>
              {t("maps.waited", { span: format.span(waited), strands: format.number(row.strands) })}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
