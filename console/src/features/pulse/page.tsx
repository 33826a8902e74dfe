import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import type { Pulse } from "@/shared/api/types";
import { Empty } from "@/shared/ui/empty";
import { LinkButton } from "@/shared/ui/link-button";
import { Columns, Page, Section } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { Alerts } from "./alerts";
import { Headline } from "./headline";
import { Ledger } from "./ledger";
import { RateChart } from "./rate-chart";
import { SourcesTable } from "./sources-table";

const REFRESH_MS = 3000;

/** Today against usual: what a person looks at first in the morning. */
export function PulsePage() {
  const { t } = useTranslation();
  const pulse = useQuery({
    queryKey: ["pulse"],
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) => ask(api.GET("/api/pulse", { signal })),
  });
  return (
    <Page title={t("pulse.title")} lede={t("pulse.lede")}>
      <QueryView query={pulse} skeleton={<Coming />}>
        {(data) =>
          data.totals.received === 0 ? (
            <Nothing source={data.sources[0]} />
          ) : (
            <Content pulse={data} />
          )
        }
      </QueryView>
    </Page>
  );
}

function Content({ pulse }: { pulse: Pulse }) {
  const { t } = useTranslation();
  return (
    <>
      <Headline pulse={pulse} />
      <Columns>
        <Section title={t("pulse.rate")} note={t("pulse.rateNote")}>
          <RateChart minutes={pulse.events_per_minute} usual={pulse.usual_per_minute ?? null} />
        </Section>
        <Section title={t("pulse.alerts")}>
          <Alerts alerts={pulse.alerts} />
        </Section>
      </Columns>
      <Columns>
        <Section title={t("pulse.sources")} note={t("pulse.sourcesNote")}>
          <SourcesTable sources={pulse.sources} />
        </Section>
        <Section title={t("pulse.ledger")} note={t("pulse.ledgerNote")}>
          <Ledger pulse={pulse} />
        </Section>
      </Columns>
    </>
  );
}

/** The next step: connect the source there is, else make one. */
function Nothing({ source }: { source: Pulse["sources"][number] | undefined }) {
  const { t } = useTranslation();
  return (
    <Empty title={t("pulse.empty")} text={t("pulse.emptyText")} command="hamsafar demo">
      {source ? (
        <LinkButton to="/sources/$source" params={{ source: String(source.id) }} size="sm">
          {t("pulse.connect", { name: source.name })}
        </LinkButton>
      ) : (
        <LinkButton to="/sources" search={{ create: "1" }} size="sm">
          {t("pulse.emptyAction")}
        </LinkButton>
      )}
    </Empty>
  );
}

function Coming() {
  return (
    <>
      <Skeleton height={92} />
      <Skeleton height={260} />
    </>
  );
}
