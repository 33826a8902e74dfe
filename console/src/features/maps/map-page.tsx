import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useZone } from "@/shared/format/use-format";
import { LinkButton } from "@/shared/ui/link-button";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import type { UrlSearch } from "@/shared/url/search";
import { conformanceQuery, mapQuery } from "./api";
import { BoardView } from "./board-view";
import { Deviations } from "./deviations";
import { DriftView } from "./drift";
import { Filters } from "./filters";
import { LedgerView } from "./ledger";
import classes from "./maps.module.css";
import { MapPeople } from "./people";
import { Summary } from "./summary";
import { type MapShape, VIEWS } from "./types";
import { type MapsUrl, mapsParams } from "./url";
import { useWords } from "./use-words";
import { Versions } from "./versions";
import { YamlView } from "./yaml-view";

interface MapPageProps {
  map: string;
  url: MapsUrl;
  onChange: (patch: UrlSearch) => void;
}

/** One map: drawn, laid over what really happens, and its history. */
export function MapPage({ map, url, onChange }: MapPageProps) {
  const { t } = useTranslation();
  const words = useWords();
  const found = useQuery(mapQuery(map));
  const body = found.data?.body;
  return (
    <Page
      title={words(body?.name, map)}
      lede={words(body?.aim)}
      actions={
        <LinkButton variant="default" to="/journeys/maps">
          {t("maps.all")}
        </LinkButton>
      }
    >
      <QueryView query={found} skeleton={<Skeleton height={420} />}>
        {(data) => <Opened stored={data} url={url} onChange={onChange} />}
      </QueryView>
    </Page>
  );
}

interface OpenedProps {
  stored: MapShape;
  url: MapsUrl;
  onChange: (patch: UrlSearch) => void;
}

function Opened({ stored, url, onChange }: OpenedProps) {
  const { t } = useTranslation();
  const zone = useZone();
  const params = useMemo(() => mapsParams(url, zone), [url, zone]);
  const isLaid = url.view === "board" || url.view === "deviations";
  const actual = useQuery({ ...conformanceQuery(stored.id, params), enabled: isLaid });
  const open = (cell: string) => onChange({ cell });
  return (
    <>
      <div className={classes.scroll}>
        <SegmentedControl
          aria-label={t("maps.view")}
          value={url.view}
          onChange={(view) => onChange({ view: view === VIEWS[0] ? undefined : view })}
          data={VIEWS.map((value) => ({ value, label: t(`maps.views.${value}`) }))}
        />
      </div>
      {(isLaid || url.view === "ledger") && <Filters url={url} onChange={onChange} />}
      {isLaid && <Summary query={actual} onPeople={open} />}
      {url.view === "board" && (
        <BoardView
          key={stored.version}
          stored={stored}
          actual={actual.data}
          onPeople={open}
          onDeviations={() => onChange({ view: "deviations" })}
        />
      )}
      {url.view === "deviations" && <Deviations stored={stored} query={actual} onPeople={open} />}
      {url.view === "drift" && <DriftView stored={stored} />}
      {url.view === "ledger" && (
        <LedgerView stored={stored} params={params} by={url.by} onChange={onChange} />
      )}
      {url.view === "yaml" && <YamlView stored={stored} />}
      {url.view === "versions" && <Versions stored={stored} />}
      <MapPeople
        stored={stored}
        cell={url.cell}
        params={params}
        onClose={() => onChange({ cell: undefined })}
      />
    </>
  );
}
