import { useTranslation } from "react-i18next";
import { Page } from "@/shared/ui/page";
import { Lines } from "@/shared/ui/query-view";

export function MapsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("maps.title")}>
      <Lines />
    </Page>
  );
}
