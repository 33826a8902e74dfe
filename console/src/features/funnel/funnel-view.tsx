import { Button } from "@mantine/core";
import { type RefObject, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CellPerson } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { Differences } from "@/shared/query/differences";
import { FigureText } from "@/shared/query/figure-text";
import { Notes } from "@/shared/query/notes";
import { PeopleDrawer } from "@/shared/query/people-drawer";
import type { Answer, FunnelQuery } from "@/shared/query/types";
import { Section } from "@/shared/ui/page";
import type { UrlSearch } from "@/shared/url/search";
import classes from "./funnel.module.css";
import { FunnelChart } from "./funnel-chart";
import { PersonStoryDrawer } from "./person-story";
import { SplitTable } from "./split-table";
import { TimeToConvert } from "./time-to-convert";
import { cellTitles } from "./titles";
import type { FunnelResult } from "./types";
import type { FunnelUrl } from "./url";

interface FunnelViewProps {
  answer: Answer<FunnelResult>;
  query: FunnelQuery;
  url: FunnelUrl;
  picture: RefObject<HTMLDivElement | null>;
  isStale: boolean;
  onChange: (patch: UrlSearch) => void;
}

/** The funnel with all that belongs to it, and the people of whatever number was pressed. */
export function FunnelView({ answer, query, url, picture, isStale, onChange }: FunnelViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { result, compared, header } = answer;
  const open = useCallback(
    (cell: string | null) => onChange({ cell: cell ?? undefined }),
    [onChange],
  );
  const titles = useMemo(() => cellTitles(result, { t, format }), [result, t, format]);
  const explain = useCallback(
    (row: CellPerson) => (
      <Button variant="subtle" size="compact-xs" onClick={() => onChange({ explain: row.person })}>
        {t("funnel.story.ask")}
      </Button>
    ),
    [onChange, t],
  );
  return (
    <div className={classes.parts} data-stale={isStale}>
      <Section
        title={
          <>
            {t("funnel.conversion")} <FigureText figure={result.conversion} />
          </>
        }
        note={t("funnel.chartNote")}
      >
        <div ref={picture}>
          <FunnelChart result={result} compared={compared} onOpen={open} />
        </div>
        {result.excluded && (
          <p className={classes.soft}>
            {t("funnel.excludedPeople")}{" "}
            <button
              type="button"
              className={classes.link}
              onClick={() => open(result.excluded?.cell ?? null)}
            >
              <FigureText figure={result.excluded} show="count" />
            </button>
          </p>
        )}
        <Notes header={header} />
      </Section>
      {compared && compared.differences.length > 0 && <Differences compared={compared} />}
      <TimeToConvert times={result.time_to_convert} onOpen={open} />
      {result.breakdown && (
        <SplitTable
          splits={result.breakdown}
          steps={result.steps}
          isChannel={url.split?.of === "channel"}
          onOpen={open}
        />
      )}
      <PeopleDrawer
        query={query}
        cell={url.person === null ? url.cell : null}
        title={(url.cell && titles.get(url.cell)) || t("query.peopleBehind")}
        onClose={() => open(null)}
        action={explain}
      />
      <PersonStoryDrawer
        query={query}
        person={url.person}
        onClose={() => onChange({ explain: undefined })}
      />
    </div>
  );
}
