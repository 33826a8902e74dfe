import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import { Section } from "@/shared/ui/page";
import type { Cell } from "./cell";
import classes from "./journeys.module.css";
import { Ranks } from "./ranks";

/** Where journeys start and end; each number opens to its people. */
export function Bounds({ graph, onOpen }: { graph: Graph; onOpen: (cell: Cell) => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.twin}>
      <Section title={t("journeys.starts")}>
        <Ranks rows={graph.starts} onOpen={(name) => onOpen({ of: "start", name })} />
      </Section>
      <Section title={t("journeys.ends")}>
        <Ranks rows={graph.ends} onOpen={(name) => onOpen({ of: "end", name })} />
      </Section>
    </div>
  );
}
