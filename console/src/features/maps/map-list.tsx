import { Button, Group } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { DataTable } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/empty";
import { Plain } from "@/shared/ui/names";
import { QueryView } from "@/shared/ui/query-view";
import { mapsQuery } from "./api";
import { DraftDialog } from "./draft-dialog";
import classes from "./maps.module.css";
import type { MapRow } from "./types";
import { useWords } from "./use-words";

/** Every map, and the way to a new one. */
export function MapList({ onOpen }: { onOpen: (map: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const maps = useQuery(mapsQuery);
  const mayEdit = useAllowed("journeys.edit");
  const [drafting, setDrafting] = useState(false);
  const draft = mayEdit && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setDrafting(true)}>
      {t("maps.draft")}
    </Button>
  );
  return (
    <>
      <QueryView query={maps}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty
              title={t("maps.none")}
              text={t("maps.noneText")}
              command="hamsafar journeys maps import map.yaml --data DIR"
            >
              {draft}
            </Empty>
          ) : (
            <>
              <Group>{draft}</Group>
              <DataTable<MapRow>
                label={t("maps.title")}
                rows={rows}
                rowKey={(row) => row.id}
                onRow={(row) => onOpen(row.id)}
                columns={[
                  {
                    id: "name",
                    header: t("common.name"),
                    cell: (row) => (
                      <>
                        <button
                          type="button"
                          className={classes.link}
                          onClick={() => onOpen(row.id)}
                        >
                          <Plain>{words(row.name, row.id)}</Plain>
                        </button>
                        <div className={classes.soft}>
                          <Plain>{words(row.aim)}</Plain>
                        </div>
                      </>
                    ),
                  },
                  {
                    id: "size",
                    header: t("maps.size"),
                    wide: true,
                    cell: (row) =>
                      t("maps.sizeText", {
                        stages: format.number(row.stages),
                        touchpoints: format.number(row.touchpoints),
                      }),
                  },
                  {
                    id: "owner",
                    header: t("maps.owner"),
                    wide: true,
                    cell: (row) => <Plain>{row.owner}</Plain>,
                  },
                  {
                    id: "version",
                    header: t("maps.version"),
                    cell: (row) =>
                      row.published
                        ? t("maps.publishedAs", {
                            version: format.number(row.version),
                            published: format.number(row.published),
                          })
                        : format.number(row.version),
                  },
                ]}
              />
            </>
          )
        }
      </QueryView>
      <DraftDialog opened={drafting} onClose={() => setDrafting(false)} onMade={onOpen} />
    </>
  );
}
