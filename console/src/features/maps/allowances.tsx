import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { DataTable } from "@/shared/ui/data-table";
import { Plain } from "@/shared/ui/names";
import { useMapWork } from "./api";
import { useDeviationName } from "./deviation-name";
import { touchpointsOf } from "./tree";
import type { Allowance, MapShape } from "./types";
import { useWords } from "./use-words";

/** What is or was allowed, by whom, why and until when. */
export function Allowances({ stored, rows }: { stored: MapShape; rows: Allowance[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const name = useDeviationName();
  const mayEdit = useAllowed("journeys.edit");
  const { disallow } = useMapWork(stored.id);
  const cards = touchpointsOf(stored.body);
  const title = ({ deviation }: Allowance) => {
    const [kind = "", id = "", channel = ""] = deviation.split(":");
    const card = cards.find((one) => one.id === id);
    return `${card ? words(card.label, id) : id}: ${name({ kind, channel })}`;
  };
  return (
    <DataTable<Allowance>
      label={t("maps.allowances")}
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        { id: "what", header: t("maps.what"), cell: (row) => <Plain>{title(row)}</Plain> },
        { id: "reason", header: t("maps.reason"), cell: (row) => <Plain>{row.reason}</Plain> },
        {
          id: "owner",
          header: t("maps.owner"),
          wide: true,
          cell: (row) => <Plain>{row.owner}</Plain>,
        },
        {
          id: "until",
          header: t("maps.until"),
          cell: (row) => {
            const until = row.expires_at ? format.date(row.expires_at) : t("maps.noEnd");
            return row.valid ? until : t("maps.expired", { at: until });
          },
        },
        {
          id: "back",
          header: t("maps.takeBack"),
          cell: (row) =>
            mayEdit && (
              <Button
                size="compact-sm"
                variant="default"
                loading={disallow.isPending && disallow.variables === row.id}
                onClick={() => disallow.mutate(row.id)}
              >
                {t("maps.takeBack")}
              </Button>
            ),
        },
      ]}
    />
  );
}
