import { IconBroadcast } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { channelsQuery } from "@/shared/api/queries";
import { useWord } from "@/shared/i18n/word";
import { ChoiceButton } from "@/shared/query/choice-button";
import { DateRange } from "@/shared/ui/date-range";
import type { UrlSearch } from "@/shared/url/search";
import classes from "./maps.module.css";
import type { MapsUrl } from "./url";

interface FiltersProps {
  url: MapsUrl;
  onChange: (patch: UrlSearch) => void;
}

/** Which attempts: when they began, and where. */
export function Filters({ url, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const word = useWord();
  const channels = useQuery(channelsQuery);
  return (
    <div className={classes.bar}>
      <DateRange
        value={{ from: url.from, to: url.to }}
        onChange={({ from, to }) => onChange({ from: from || undefined, to: to || undefined })}
      />
      <ChoiceButton
        label={t("common.channel")}
        icon={<IconBroadcast size={17} />}
        data={(channels.data ?? []).map((code) => ({ value: code, label: word("channels", code) }))}
        value={url.channels}
        onChange={(channel) => onChange({ channel })}
      />
    </div>
  );
}
