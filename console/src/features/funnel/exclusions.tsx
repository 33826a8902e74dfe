import { ActionIcon, Button, Group, Select, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { EventField } from "@/shared/query/event-field";
import { type StepDraft, stepDraft } from "@/shared/query/step";
import type { UrlSearch } from "@/shared/url/search";
import classes from "./funnel.module.css";
import { POLICIES } from "./types";
import { type ExclusionDraft, type FunnelUrl, writeExclusion } from "./url";

interface ExclusionsProps {
  url: FunnelUrl;
  steps: readonly StepDraft[];
  onChange: (patch: UrlSearch) => void;
}

/** What must not happen between two steps, and what becomes of whom it happens to. */
export function Exclusions({ url, steps, onChange }: ExclusionsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { exclusions } = url;
  const write = (next: ExclusionDraft[]) => onChange({ without: next.map(writeExclusion) });
  const last = Math.max(1, steps.length - 1);
  const places = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => ({
      value: String(from + at),
      label: format.number(from + at + 1),
    }));
  return (
    <Stack gap="xs">
      {exclusions.map((one, at) => {
        const put = (patch: Partial<ExclusionDraft>) =>
          write(exclusions.with(at, { ...one, ...patch }));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an exclusion is its place in the list.
          <div key={at} className={classes.exclusion}>
            <EventField label={t("funnel.excluded")} value={one} onChange={put} />
            <Group gap={4}>
              <span className={classes.soft}>{t("funnel.between")}</span>
              <Select
                aria-label={t("funnel.fromStep")}
                w={64}
                size="xs"
                allowDeselect={false}
                data={places(0, last - 1)}
                value={String(one.from)}
                onChange={(from) =>
                  put({ from: Number(from), to: Math.max(one.to, Number(from) + 1) })
                }
              />
              <span className={classes.soft}>{t("funnel.andStep")}</span>
              <Select
                aria-label={t("funnel.toStep")}
                w={64}
                size="xs"
                allowDeselect={false}
                data={places(one.from + 1, last)}
                value={String(one.to)}
                onChange={(to) => put({ to: Number(to) })}
              />
              <ActionIcon
                size="sm"
                aria-label={t("funnel.removeExclusion")}
                onClick={() => write(exclusions.toSpliced(at, 1))}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          </div>
        );
      })}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={15} />}
        disabled={steps.length < 2}
        onClick={() => write([...exclusions, { ...stepDraft(""), from: 0, to: last }])}
      >
        {t("funnel.addExclusion")}
      </Button>
      {exclusions.length > 0 && (
        <Select
          label={t("funnel.policy")}
          allowDeselect={false}
          data={POLICIES.map((value) => ({ value, label: t(`funnel.policies.${value}`) }))}
          value={url.policy}
          onChange={(policy) =>
            onChange({ policy: policy === POLICIES[0] ? undefined : (policy ?? "") })
          }
        />
      )}
    </Stack>
  );
}
