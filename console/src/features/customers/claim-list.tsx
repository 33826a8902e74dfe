import { Button } from "@mantine/core";
import { IconLink, IconLinkOff, IconUnlink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import type { Claim } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { IdentifierText, splitLabel } from "@/shared/ui/names";
import classes from "./identities.module.css";

interface ClaimListProps {
  claims: Claim[];
  onSeparate: (claim: Claim) => void;
}

/** Each link that some event gave, and whether it counted. */
export function ClaimList({ claims, onSeparate }: ClaimListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const mayEdit = useAllowed("people.edit");
  return (
    <ul className={classes.list}>
      {claims.map((claim) => {
        const counted = claim.verdict === "accepted";
        return (
          <li key={`${claim.a}-${claim.b}`} className={classes.claim} data-verdict={claim.verdict}>
            <span className={classes.claimIcon}>
              {counted ? <IconLink size={18} aria-hidden /> : <IconLinkOff size={18} aria-hidden />}
            </span>
            <div className={classes.pair}>
              <IdentifierText {...splitLabel(claim.a_label)} />
              <IdentifierText {...splitLabel(claim.b_label)} />
              <span className={classes.soft}>
                <span className={classes.verdict}>{word("verdicts", claim.verdict)}</span>
                {" · "}
                {format.moment(claim.occurred_at)}
              </span>
            </div>
            {counted && mayEdit && (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconUnlink size={16} />}
                onClick={() => onSeparate(claim)}
              >
                {t("customers.identity.separate")}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
