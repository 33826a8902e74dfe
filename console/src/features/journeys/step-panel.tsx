import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import { LinkButton } from "@/shared/ui/link-button";
import { Plain } from "@/shared/ui/names";
import classes from "./journeys.module.css";
import { SidePanel } from "./panel";
import { Ranks } from "./ranks";

interface StepPanelProps {
  name: string;
  graph: Graph;
  onEdge: (from: string, to: string) => void;
  onClose: () => void;
}

/** One step: what came before and after; each connection opens to its people. */
export function StepPanel({ name, graph, onEdge, onClose }: StepPanelProps) {
  const { t } = useTranslation();
  const node = graph.nodes.find((one) => one.name === name);
  const before = graph.edges.filter((edge) => edge.to === name);
  const after = graph.edges.filter((edge) => edge.from === name);
  return (
    <SidePanel title={<Plain>{name}</Plain>} onClose={onClose}>
      {node && (
        <p className={classes.soft}>
          {t("journeys.nodeCount", { count: node.count })},{" "}
          {t("journeys.nodePeople", { count: node.people })}
        </p>
      )}
      <h3 className={classes.soft}>{t("journeys.before")}</h3>
      <Ranks
        rows={before.map((edge) => ({ name: edge.from, count: edge.count }))}
        onOpen={(from) => onEdge(from, name)}
      />
      <h3 className={classes.soft}>{t("journeys.after")}</h3>
      <Ranks
        rows={after.map((edge) => ({ name: edge.to, count: edge.count }))}
        onOpen={(to) => onEdge(name, to)}
      />
      <LinkButton to="/live" search={{ name }} size="sm" variant="default" mt="sm">
        {t("shell.nav.live")}
      </LinkButton>
    </SidePanel>
  );
}
