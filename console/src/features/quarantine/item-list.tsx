import { Button, Checkbox, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sourcesQuery } from "@/shared/api/queries";
import type { QuarantineItem } from "@/shared/api/types";
import { useCause } from "@/shared/format/use-cause";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { useNow } from "@/shared/prefs/use-now";
import { Chevron, FactLine } from "@/shared/ui/disclosure";
import { JsonText } from "@/shared/ui/json";
import { Plain } from "@/shared/ui/names";
import classes from "./quarantine.module.css";

interface ItemListProps {
  items: QuarantineItem[];
  selected: ReadonlySet<number>;
  onSelect: ((selected: ReadonlySet<number>) => void) | null;
  onReplay: ((item: QuarantineItem) => void) | null;
}

/** The events that wait; each opens to what really came. */
export function ItemList({ items, selected, onSelect, onReplay }: ItemListProps) {
  const sources = useQuery(sourcesQuery);
  const names = new Map((sources.data ?? []).map((one) => [one.id, one.name]));
  const toggle = (id: number) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect?.(next);
  };
  return (
    <ul className={classes.items}>
      {items.map((item) => (
        <ItemRow
          key={item.id}
          item={item}
          sourceName={names.get(item.source) ?? ""}
          checked={selected.has(item.id)}
          onToggle={onSelect && (() => toggle(item.id))}
          onReplay={onReplay && (() => onReplay(item))}
        />
      ))}
    </ul>
  );
}

interface ItemRowProps {
  item: QuarantineItem;
  sourceName: string;
  checked: boolean;
  onToggle: (() => void) | null;
  onReplay: (() => void) | null;
}

function ItemRow({ item, sourceName, checked, onToggle, onReplay }: ItemRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const cause = useCause();
  const now = useNow();
  const [open, setOpen] = useState(false);
  const why = cause("whys", item.why, item.values, item.detail);
  const id = String(item.id);
  return (
    <li className={classes.item}>
      <div className={classes.itemHead}>
        {onToggle && (
          <Checkbox
            size="sm"
            aria-label={t("quarantine.select", { id })}
            checked={checked}
            onChange={onToggle}
          />
        )}
        <UnstyledButton
          className={classes.itemButton}
          aria-expanded={open}
          aria-label={t("quarantine.open", { id })}
          onClick={() => setOpen(!open)}
        >
          <span className={classes.itemReason}>{word("reasons", item.reason)}</span>
          <span className={classes.itemDetail} dir="auto">
            {why}
          </span>
          <span className={classes.soft}>
            <Plain>{sourceName}</Plain>
          </span>
          <time className={classes.soft} dateTime={item.received_at}>
            {format.ago(item.received_at, now)}
          </time>
          <Chevron open={open} />
        </UnstyledButton>
      </div>
      {open && (
        <div className={classes.itemBody}>
          <p className={classes.why} dir="auto">
            {why}
          </p>
          <FactLine>
            {item.field && (
              <span>
                {t("quarantine.field")}: <bdi dir="ltr">{item.field}</bdi>
              </span>
            )}
            {item.message_id && (
              <span>
                {t("quarantine.messageId")}: <bdi dir="ltr">{item.message_id}</bdi>
              </span>
            )}
            <span>
              {t("quarantine.received")}: {format.moment(item.received_at)}
            </span>
            <span>{t("quarantine.tries", { count: item.tries })}</span>
          </FactLine>
          <JsonText value={item.event} label={t("quarantine.event")} />
          {onReplay && (
            <Button size="sm" variant="default" onClick={onReplay}>
              {t("quarantine.replay")}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
