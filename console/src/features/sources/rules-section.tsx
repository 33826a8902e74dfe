import { Alert, Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import type { SourceDetail } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { Confirm } from "@/shared/ui/confirm";
import { Plain } from "@/shared/ui/names";
import { Section } from "@/shared/ui/page";
import { RulesForm } from "./rules-form";
import classes from "./sources.module.css";
import { useChange } from "./use-change";

/** What happens to the events of a source: a form for those who may change it, else the facts. */
export function RulesSection({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const mayEdit = useAllowed("sources.edit");
  return (
    <Section
      title={t("sources.rules")}
      note={t("sources.rulesNote")}
      actions={mayEdit && !source.archived_at && <Archive source={source} />}
    >
      {mayEdit ? <RulesForm source={source} /> : <Facts source={source} />}
    </Section>
  );
}

function Facts({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const days = source.retention_days;
  const rows = [
    [t("sources.zone"), source.zone],
    [
      t("sources.keep"),
      days ? t("sources.days", { days: format.number(days) }) : t("sources.forEver"),
    ],
    [t("sources.bots"), t(`sources.botsChoices.${source.bots === "keep" ? "keep" : "reject"}`)],
    [t("sources.networks"), source.internal_networks.join(" ") || t("sources.none")],
    [
      t("sources.silent"),
      source.silent_after_s ? format.span(source.silent_after_s) : t("sources.noAlert"),
    ],
  ];
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Plain>{value}</Plain>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Archive({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  const change = useChange(source, () => setIsAsking(false));
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setIsAsking(true)}>
        {t("sources.archive")}
      </Button>
      <Confirm
        open={isAsking}
        title={t("sources.archiveTitle", { name: source.name })}
        text={t("sources.archiveText")}
        action={t("sources.archive")}
        work={change}
        onConfirm={() => change.mutate({ archived: true })}
        onClose={() => setIsAsking(false)}
      />
    </>
  );
}

/** Why nothing comes any more, and the way back. */
export function ArchivedNote({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useAllowed("sources.edit");
  const change = useChange(source, () => undefined);
  if (!source.archived_at) return null;
  return (
    <Alert variant="light" color="yellow" title={t("sources.archived")}>
      <Group justify="space-between">
        <span>{t("sources.archivedText", { at: format.date(source.archived_at) })}</span>
        {mayEdit && (
          <Button
            size="sm"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ archived: false })}
          >
            {t("sources.bringBack")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
