import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/ui/empty";

/** No journeys: none at all yet, or none under these filters. */
export function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation();
  return filtered ? (
    <Empty title={t("journeys.noMatch")} text={t("journeys.noMatchText")} />
  ) : (
    <Empty title={t("journeys.empty")} text={t("journeys.emptyText")} command="hamsafar demo" />
  );
}
