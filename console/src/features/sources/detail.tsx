import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import type { SourceDetail } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { BackLink } from "@/shared/ui/back-link";
import { Figure, Figures } from "@/shared/ui/figure";
import { LinkButton } from "@/shared/ui/link-button";
import { ChannelName } from "@/shared/ui/names";
import { Page, Section } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { Connect } from "./connect";
import { Keys } from "./keys";
import { ArchivedNote, RulesSection } from "./rules-section";

const WATCH_MS = 2000;

/** One source: connect it, see that it works, and its keys. */
export function SourcePage() {
  const { t } = useTranslation();
  const { source = "" } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ["source", source],
    refetchInterval: WATCH_MS,
    queryFn: ({ signal }) => {
      const params = { path: { source: Number(source) } };
      return ask(api.GET("/api/sources/{source}", { params, signal }));
    },
  });
  return (
    <div>
      <BackLink to="/sources" label={t("sources.back")} />
      <QueryView query={query}>{(data) => <Content source={data} />}</QueryView>
    </div>
  );
}

function Content({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const id = String(source.id);
  const seen = (at: string | null | undefined) => (at ? format.ago(at, now) : t("common.never"));
  return (
    <Page
      title={source.name}
      lede={<ChannelName channel={source.channel} />}
      actions={
        <LinkButton to="/live" search={{ source: id }} variant="default" size="sm">
          {t("sources.watch")}
        </LinkButton>
      }
    >
      <ArchivedNote source={source} />
      <Figures>
        <Figure
          label={t("sources.stored")}
          value={format.number(source.stored)}
          to="/live"
          search={{ source: id }}
        />
        <Figure
          label={t("sources.quarantined")}
          value={format.number(source.quarantined)}
          to="/quarantine"
          search={{ source: id }}
        />
        <Figure label={t("sources.firstEvent")} value={seen(source.first_event_at)} />
        <Figure label={t("sources.lastEvent")} value={seen(source.last_event_at)} />
      </Figures>
      <Section title={t("sources.connect")} note={t("sources.connectNote")}>
        <Connect source={source} />
      </Section>
      <Section title={t("sources.keys")} note={t("sources.keysNote")}>
        <Keys source={source} />
      </Section>
      <RulesSection source={source} />
    </Page>
  );
}
