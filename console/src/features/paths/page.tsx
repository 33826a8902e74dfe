import { useTranslation } from "react-i18next";
import { Page } from "@/shared/ui/page";
import { Lines } from "@/shared/ui/query-view";

export function PathsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("paths.title")}>
      <Lines />
    </Page>
  );
}
