import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import { LinkButton } from "@/shared/ui/link-button";
import type { Cell } from "./cell";
import classes from "./journeys.module.css";
import { Ranks } from "./ranks";

interface NeighboursProps {
  name: string;
  graph: Graph;
  onOpen: (cell: Cell) => void;
}

/** What came before and after a step; each connection opens to its people. */
export function Neighbours({ name, graph, onOpen }: NeighboursProps) {
  const { t } = useTranslation();
  const before = graph.edges.filter((edge) => edge.to === name);
  const after = graph.edges.filter((edge) => edge.from === name);
  return (
    <>
      <h3 className={classes.soft}>{t("journeys.before")}</h3>
      <Ranks
        rows={before.map((edge) => ({ name: edge.from, count: edge.count }))}
        onOpen={(from) => onOpen({ of: "edge", from, to: name })}
      />
      <h3 className={classes.soft}>{t("journeys.after")}</h3>
      <Ranks
        rows={after.map((edge) => ({ name: edge.to, count: edge.count }))}
        onOpen={(to) => onOpen({ of: "edge", from: name, to })}
      />
      <LinkButton to="/live" search={{ name }} size="sm" variant="default" mt="sm">
        {t("shell.nav.live")}
      </LinkButton>
    </>
  );
}
