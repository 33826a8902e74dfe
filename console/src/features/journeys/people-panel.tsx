import { SegmentedControl } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import { Plain } from "@/shared/ui/names";
import type { Cell } from "./cell";
import classes from "./journeys.module.css";
import { Neighbours } from "./neighbours";
import { SidePanel } from "./panel";
import { PeopleList } from "./people-list";
import type { ServerFilter } from "./url";

interface PeoplePanelProps {
  cell: Cell;
  filter: ServerFilter;
  /** Given: a step also shows what comes before and after it. */
  graph?: Graph;
  /** In words, where the cell itself does not say it. */
  title?: ReactNode;
  onOpen: (cell: Cell) => void;
  onClose: () => void;
}

/** The people behind a number, beside what the number stands in. */
export function PeoplePanel({ cell, filter, graph, title, onOpen, onClose }: PeoplePanelProps) {
  const { t } = useTranslation();
  const [part, setPart] = useState("people");
  const near = cell.of === "node" ? graph : undefined;
  return (
    <SidePanel title={title || <CellTitle cell={cell} />} onClose={onClose}>
      {near && (
        <SegmentedControl
          mb="sm"
          size="xs"
          aria-label={t("journeys.panel")}
          value={part}
          onChange={setPart}
          data={[
            { value: "people", label: t("journeys.peopleBehind") },
            { value: "near", label: t("journeys.near") },
          ]}
        />
      )}
      {near && cell.of === "node" && part === "near" ? (
        <Neighbours name={cell.name} graph={near} onOpen={onOpen} />
      ) : (
        <PeopleList cell={cell} filter={filter} />
      )}
    </SidePanel>
  );
}

function CellTitle({ cell }: { cell: Cell }) {
  const { t } = useTranslation();
  if (cell.of === "everyone") return t("journeys.everyone");
  if (cell.of === "variant") return t("journeys.variant");
  if (cell.of === "node") return <Plain>{cell.name}</Plain>;
  if (cell.of !== "edge") {
    return (
      <>
        <span className={classes.panelKind}>{t(`journeys.at.${cell.of}`)}</span>
        <span>
          <Plain>{cell.name}</Plain>
        </span>
      </>
    );
  }
  return (
    <>
      <span>
        <Plain>{cell.from}</Plain>
      </span>
      <span>
        <IconArrowRight size={16} className={`mirror ${classes.panelArrow}`} aria-hidden />{" "}
        <Plain>{cell.to}</Plain>
      </span>
    </>
  );
}
