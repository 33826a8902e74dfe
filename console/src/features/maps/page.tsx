import { useTranslation } from "react-i18next";
import { Page } from "@/shared/ui/page";
import { useUrl } from "@/shared/url/use-url";
import { MapList } from "./map-list";
import { MapPage } from "./map-page";
import { parseMaps } from "./url";

/** The journeys we designed; one of them laid over what people really do. */
export function MapsPage() {
  const { t } = useTranslation();
  const [url, setUrl] = useUrl(parseMaps);
  if (url.map !== null) return <MapPage key={url.map} map={url.map} url={url} onChange={setUrl} />;
  return (
    <Page title={t("maps.title")} lede={t("maps.lede")}>
      <MapList onOpen={(map) => setUrl({ map })} />
    </Page>
  );
}
