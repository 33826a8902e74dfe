import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Claim, IdentityStory } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { IdentifierText, PersonLink, splitLabel } from "@/shared/ui/names";
import { Section } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { identityQuery } from "./api";
import { ClaimList } from "./claim-list";
import classes from "./identities.module.css";
import { RejoinDialog, SeparateDialog } from "./merge-dialogs";
import { type Severance, SeveranceList } from "./severance-list";

/** Who a person is made of, how that came, and the way back. */
export function Identities({ person }: { person: string }) {
  const query = useQuery(identityQuery(person));
  return (
    <QueryView query={query}>{(story) => <StoryOf person={person} story={story} />}</QueryView>
  );
}

function StoryOf({ person, story }: { person: string; story: IdentityStory }) {
  const { t } = useTranslation();
  const [cutting, setCutting] = useState<Claim | null>(null);
  const [rejoining, setRejoining] = useState<Severance | null>(null);
  return (
    <div className={classes.sections}>
      <div className={classes.column}>
        <Section title={t("customers.identity.known")} note={t("customers.identity.knownNote")}>
          <Known person={person} story={story} />
        </Section>
        <Section title={t("customers.identity.changes")} note={t("customers.identity.changesNote")}>
          <Changes story={story} />
        </Section>
      </div>
      <div className={classes.column}>
        <Section title={t("customers.identity.history")} note={t("customers.identity.historyNote")}>
          <ClaimList claims={story.claims} onSeparate={setCutting} />
        </Section>
        {story.severances.length > 0 && (
          <Section title={t("customers.identity.severances")}>
            <SeveranceList story={story} onRejoin={setRejoining} />
          </Section>
        )}
      </div>
      <SeparateDialog person={person} claim={cutting} onClose={() => setCutting(null)} />
      <RejoinDialog person={person} severance={rejoining} onClose={() => setRejoining(null)} />
    </div>
  );
}

function Known({ person, story }: { person: string; story: IdentityStory }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={classes.list}>
      {story.nodes.map((node) => (
        <li key={node.node} className={classes.item}>
          <IdentifierText kind={node.kind} value={node.value} />
          <span className={classes.soft}>
            {node.person !== person && (
              <PersonLink person={node.person} label={t("customers.identity.elsewhere")} />
            )}{" "}
            {format.date(node.first_seen_at)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Changes({ story }: { story: IdentityStory }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  if (story.changes.length === 0) {
    return <p className={classes.soft}>{t("customers.identity.noChanges")}</p>;
  }
  const newest = [...story.changes].sort((a, b) => b.version - a.version);
  return (
    <ol className={classes.list}>
      {newest.map((change) => (
        <li key={`${change.version}:${change.node}`} className={classes.item}>
          <div>
            <IdentifierText {...splitLabel(change.label)} />
            <div className={classes.soft}>
              {word("causes", change.cause)} ·{" "}
              {t("customers.identity.moved", { from: change.from, to: change.to })}
            </div>
          </div>
          <time dateTime={change.changed_at} className={classes.soft}>
            {format.moment(change.changed_at)}
          </time>
        </li>
      ))}
    </ol>
  );
}
