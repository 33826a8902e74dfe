import { useTranslation } from "react-i18next";
import { Page } from "@/shared/ui/page";
import { Lines } from "@/shared/ui/query-view";

export function GroupsPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("groups.title")}>
      <Lines />
    </Page>
  );
}
