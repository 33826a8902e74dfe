import { Button, SegmentedControl } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { Empty } from "@/shared/ui/empty";
import { Page } from "@/shared/ui/page";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { choice, one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import { quarantineQuery, STATES } from "./api";
import { DiscardDialog } from "./discard-dialog";
import { ItemList } from "./item-list";
import classes from "./quarantine.module.css";
import { Reasons } from "./reasons";
import { type ReplayChoice, ReplayDialog } from "./replay-dialog";
import { SelectionBar } from "./selection-bar";

const parse = (search: UrlSearch) => ({
  reason: one(search, "reason"),
  source: one(search, "source"),
  state: choice(search, "state", STATES),
});

const EXAMPLE = `curl ${location.origin}/v1/track -u WRITE_KEY: -d '{"event": "Nobody"}'`;

/** What could not be taken as it was, and the ways to mend it. */
export function QuarantinePage() {
  const { t } = useTranslation();
  const [url, setUrl] = useUrl(parse);
  const isEditor = useAllowed("quarantine.edit");
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [replaying, setReplaying] = useState<ReplayChoice | null>(null);
  const [discarding, setDiscarding] = useState<number[] | null>(null);
  // What was replayed or discarded is closed: it is shown, no more.
  const mayEdit = isEditor && url.state === "open";
  const query = useInfiniteQuery({ ...quarantineQuery(url), placeholderData: keepPreviousData });
  const pages = query.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  const chosen = items.filter((item) => selected.has(item.id));
  const change = (patch: UrlSearch) => {
    setSelected(new Set());
    setUrl(patch);
  };
  const unfiltered = url.reason === "" && url.source === "" && url.state === "open";
  return (
    <Page
      title={t("quarantine.title")}
      lede={t("quarantine.lede")}
      actions={
        <SegmentedControl
          aria-label={t("quarantine.state")}
          value={url.state}
          onChange={(state) => change({ state: state === "open" ? undefined : state })}
          data={STATES.map((value) => ({ value, label: t(`quarantine.states.${value}`) }))}
        />
      }
    >
      {query.isError && <ProblemNote error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Lines count={10} />}
      {query.data && (
        <div className={classes.layout}>
          <Reasons
            reasons={pages[0]?.reasons ?? []}
            reason={url.reason}
            onChoose={(reason) => change({ reason: reason || undefined })}
          />
          <div className={classes.content}>
            {mayEdit && items.length > 0 && (
              <SelectionBar
                items={items}
                selected={selected}
                reason={url.reason}
                onSelect={setSelected}
                onReplay={() => setReplaying({ items: chosen })}
                onReplayReason={() => setReplaying({ items, reason: url.reason })}
                onDiscard={() => setDiscarding(chosen.map((item) => item.id))}
              />
            )}
            {items.length === 0 ? (
              <Nothing unfiltered={unfiltered} />
            ) : (
              <ItemList
                items={items}
                selected={selected}
                onSelect={mayEdit ? setSelected : null}
                onReplay={mayEdit ? (item) => setReplaying({ items: [item] }) : null}
              />
            )}
            {query.hasNextPage && (
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("common.more")}
              </Button>
            )}
          </div>
        </div>
      )}
      <ReplayDialog
        choice={replaying}
        onClose={() => setReplaying(null)}
        onDone={() => setSelected(new Set())}
      />
      <DiscardDialog
        ids={discarding}
        onClose={() => setDiscarding(null)}
        onDone={() => setSelected(new Set())}
      />
    </Page>
  );
}

function Nothing({ unfiltered }: { unfiltered: boolean }) {
  const { t } = useTranslation();
  return unfiltered ? (
    <Empty title={t("quarantine.empty")} text={t("quarantine.emptyText")} command={EXAMPLE} />
  ) : (
    <Empty title={t("quarantine.emptyFiltered")} text={t("quarantine.emptyFilteredText")} />
  );
}
