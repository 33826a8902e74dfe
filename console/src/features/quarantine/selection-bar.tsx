import { Button, Checkbox, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { QuarantineItem } from "@/shared/api/types";

interface SelectionBarProps {
  items: QuarantineItem[];
  selected: ReadonlySet<number>;
  reason: string;
  onSelect: (selected: ReadonlySet<number>) => void;
  onReplay: () => void;
  onReplayReason: () => void;
  onDiscard: () => void;
}

/** What can be done with the chosen events, or with all of one reason. */
export function SelectionBar(props: SelectionBarProps) {
  const { items, selected, reason, onSelect, onReplay, onReplayReason, onDiscard } = props;
  const { t } = useTranslation();
  const count = selected.size;
  return (
    <Group gap="xs" mih={36}>
      <Checkbox
        label={count > 0 ? t("quarantine.selected", { count }) : t("quarantine.selectAll")}
        checked={count > 0 && count === items.length}
        indeterminate={count > 0 && count < items.length}
        onChange={(event) =>
          onSelect(new Set(event.currentTarget.checked ? items.map((item) => item.id) : []))
        }
      />
      {count > 0 && (
        <>
          <Button size="compact-sm" onClick={onReplay}>
            {t("quarantine.replay")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onDiscard}>
            {t("quarantine.discard")}
          </Button>
        </>
      )}
      {count === 0 && reason !== "" && (
        <Button size="compact-sm" variant="default" onClick={onReplayReason}>
          {t("quarantine.replayAll")}
        </Button>
      )}
    </Group>
  );
}
