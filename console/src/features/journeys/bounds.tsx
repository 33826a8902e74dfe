import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import { Section } from "@/shared/ui/page";
import classes from "./journeys.module.css";
import { Ranks } from "./ranks";

/** Where journeys start and end. */
export function Bounds({ graph, onStep }: { graph: Graph; onStep: (name: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.twin}>
      <Section title={t("journeys.starts")}>
        <Ranks rows={graph.starts} onOpen={onStep} />
      </Section>
      <Section title={t("journeys.ends")}>
        <Ranks rows={graph.ends} onOpen={onStep} />
      </Section>
    </div>
  );
}
