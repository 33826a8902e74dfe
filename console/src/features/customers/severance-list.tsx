import { Button } from "@mantine/core";
import { IconArrowBackUp, IconUnlink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import type { IdentityStory } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { PersonLink, Plain, splitLabel } from "@/shared/ui/names";
import classes from "./identities.module.css";

export type Severance = IdentityStory["severances"][number];

interface SeveranceListProps {
  story: IdentityStory;
  onRejoin: (severance: Severance) => void;
}

/** What people have separated by hand; the newest first, each with its way back. */
export function SeveranceList({ story, onRejoin }: SeveranceListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useAllowed("people.edit");
  const newest = [...story.severances].sort((x, y) => y.made_at.localeCompare(x.made_at));
  return (
    <ul className={classes.list}>
      {newest.map((severance) => (
        <li key={severance.id} className={classes.item} data-undone={Boolean(severance.undone_at)}>
          <div>
            <div className={classes.parted}>
              <PersonLink
                person={String(severance.a)}
                label={splitLabel(severance.a_label).value}
              />
              <IconUnlink size={15} aria-hidden />
              <PersonLink
                person={String(severance.b)}
                label={splitLabel(severance.b_label).value}
              />
            </div>
            <Plain>{severance.reason}</Plain>
            <div className={classes.soft}>
              <Plain>
                {t("customers.identity.by", {
                  who: severance.made_by,
                  at: format.moment(severance.made_at),
                })}
              </Plain>
              {severance.undone_at && (
                <>
                  {" · "}
                  {t("customers.identity.takenBack", { at: format.moment(severance.undone_at) })}
                </>
              )}
            </div>
          </div>
          {!severance.undone_at && mayEdit && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowBackUp size={16} className="mirror" />}
              onClick={() => onRejoin(severance)}
            >
              {t("customers.identity.rejoin")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
