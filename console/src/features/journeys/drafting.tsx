import { Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./journeys.module.css";

/** In place of the graph while it is being laid out. */
export function Drafting() {
  const { t } = useTranslation();
  return (
    <div className={classes.canvas} data-drafting role="status">
      <Loader size="sm" />
      {t("journeys.drafting")}
    </div>
  );
}
