import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { humanise } from "@/shared/i18n/word";
import type { FunnelQuery } from "@/shared/query/types";
import { DataTable } from "@/shared/ui/data-table";
import { PersonLink } from "@/shared/ui/names";
import { Section } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import type { UrlSearch } from "@/shared/url/search";
import { explainQuery } from "./api";
import classes from "./funnel.module.css";
import type { Explained } from "./types";

interface WhyProps {
  query: FunnelQuery;
  onChange: (patch: UrlSearch) => void;
}

/** The same funnel as four tools count it, by which rules they differ, and for whom. */
export function Why({ query, onChange }: WhyProps) {
  const { t } = useTranslation();
  const explained = useQuery(explainQuery(query));
  return (
    <Section title={t("funnel.why.title")} note={t("funnel.why.note")}>
      <QueryView query={explained}>
        {(data) => (
          <div className={classes.parts}>
            <Sides explained={data} query={query} />
            <RulesThatDiffer explained={data} />
            {data.total !== null && data.total > 0 && (
              <p className={classes.soft}>{t("funnel.why.total", { count: data.total })}</p>
            )}
            {data.differences.length > 0 && <Who explained={data} onChange={onChange} />}
          </div>
        )}
      </QueryView>
    </Section>
  );
}

function useRule() {
  const { t, i18n } = useTranslation();
  return (code: string) => {
    const key = `funnel.why.rules.${code}`;
    return i18n.exists(key) ? (t as (key: string) => string)(key) : humanise(code);
  };
}

/** The name of a way of counting. */
function useSemantics() {
  const { t, i18n } = useTranslation();
  return (code: string) => {
    const key = `funnel.semanticsOf.${code}`;
    return i18n.exists(key) ? (t as (key: string) => string)(key) : humanise(code);
  };
}

function Sides({ explained, query }: { explained: Explained; query: FunnelQuery }) {
  const { t } = useTranslation();
  const format = useFormat();
  const semantics = useSemantics();
  const rows = query.steps.map((step, at) => ({
    key: String(at),
    label: step.label ?? step.name ?? "",
    counts: explained.semantics.map((one) => one.counts[at] ?? null),
  }));
  return (
    <DataTable
      label={t("funnel.why.title")}
      rows={rows}
      rowKey={(row) => row.key}
      columns={[
        { id: "step", header: t("funnel.step"), cell: (row) => <bdi>{row.label}</bdi> },
        ...explained.semantics.map((one, at) => ({
          id: one.semantics,
          header: semantics(one.semantics),
          numeric: true,
          cell: (row: (typeof rows)[number]) => {
            const count = row.counts[at] ?? null;
            const isOther = count !== row.counts[0];
            const text = count === null ? t("query.suppressed") : format.number(count);
            return isOther ? <strong className={classes.differs}>{text}</strong> : text;
          },
        })),
      ]}
    />
  );
}

function RulesThatDiffer({ explained }: { explained: Explained }) {
  const { t } = useTranslation();
  const rule = useRule();
  if (explained.by_rule.length === 0) return <p>{t("funnel.why.same")}</p>;
  return (
    <ul className={classes.rules}>
      {explained.by_rule.map((one) => (
        <li key={one.rule}>
          {rule(one.rule)}:{" "}
          {one.people === null
            ? t("query.suppressed")
            : t("query.peopleCount", { count: one.people })}
        </li>
      ))}
    </ul>
  );
}

function Who({ explained, onChange }: { explained: Explained } & Pick<WhyProps, "onChange">) {
  const { t } = useTranslation();
  const format = useFormat();
  const rule = useRule();
  const semantics = useSemantics();
  return (
    <DataTable
      label={t("funnel.why.who")}
      rows={explained.differences}
      rowKey={(row) => `${row.person}:${row.rule}`}
      columns={[
        {
          id: "person",
          header: t("common.person"),
          cell: (row) => <PersonLink person={row.person} label={row.label} />,
        },
        ...explained.semantics.map(({ semantics: code }) => ({
          id: code,
          header: semantics(code),
          numeric: true,
          cell: (row: Explained["differences"][number]) => format.number(row.levels[code] ?? 0),
        })),
        { id: "rule", header: t("funnel.why.rule"), cell: (row) => rule(row.rule) },
        {
          id: "story",
          header: "",
          cell: (row) => (
            <Button
              variant="subtle"
              size="compact-xs"
              onClick={() => onChange({ explain: row.person })}
            >
              {t("funnel.story.ask")}
            </Button>
          ),
        },
      ]}
    />
  );
}
