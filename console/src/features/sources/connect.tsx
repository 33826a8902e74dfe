import { Loader, Tabs } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SourceDetail } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { CopyBlock } from "@/shared/ui/copy-block";
import { choice, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import { CLIENTS, snippet } from "./snippets";
import classes from "./sources.module.css";

const parse = (search: UrlSearch) => ({ client: choice(search, "client", CLIENTS) });

/** Code to paste for each client, and a light that goes on with the first event. */
export function Connect({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const [{ client }, setUrl] = useUrl(parse);
  const key = source.keys.find((one) => !one.revoked_at)?.write_key;
  const input = { origin: location.origin, key: key ?? "WRITE_KEY", source: source.slug };
  return (
    <div className={classes.connect}>
      <Arrival firstEventAt={source.first_event_at ?? null} />
      {!key && <p className={classes.soft}>{t("sources.noKey")}</p>}
      <Tabs
        value={client}
        onChange={(next) => setUrl({ client: next ?? undefined }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="xs" className={classes.tabs}>
          {CLIENTS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`sources.clients.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {CLIENTS.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {one === "csv" && <p className={classes.soft}>{t("sources.csvNote")}</p>}
            <CopyBlock code={snippet(one, input)} label={t(`sources.clients.${one}`)} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </div>
  );
}

function Arrival({ firstEventAt }: { firstEventAt: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(2000);
  return (
    <div className={classes.arrival} role="status" data-arrived={firstEventAt !== null}>
      {firstEventAt ? <IconCircleCheck size={22} aria-hidden /> : <Loader size={18} />}
      <div>
        <strong>{firstEventAt ? t("sources.arrived") : t("sources.waiting")}</strong>
        <div className={classes.soft}>
          {firstEventAt
            ? t("sources.arrivedText", { ago: format.ago(firstEventAt, now) })
            : t("sources.waitingText")}
        </div>
      </div>
    </div>
  );
}
