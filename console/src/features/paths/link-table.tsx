import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AsTable } from "@/shared/charts/as-table";
import { useFormat } from "@/shared/format/use-format";
import { FigureText } from "@/shared/query/figure-text";
import { Plain } from "@/shared/ui/names";
import type { PathsResult } from "./types";
import { useNodeName } from "./use-node-name";

interface LinkTableProps {
  result: PathsResult;
  onOpen: (cell: string | null) => void;
}

/** The same paths as text: each step to the next, and where paths stop. */
export function LinkTable({ result, onOpen }: LinkTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const nodeName = useNodeName();
  const nodes = new Map(result.nodes.map((node) => [node.id, node]));
  const named = (id: string) => {
    const node = nodes.get(id);
    return node ? `${format.number(node.position)}. ${nodeName(node)}` : id;
  };
  const links = result.links.map(({ from, to, people, median_s: median }) => ({
    key: `${from}>${to}`,
    cells: [
      <Plain key="from">{named(from)}</Plain>,
      <Plain key="to">{named(to)}</Plain>,
      <Anchor
        key="people"
        component="button"
        type="button"
        inherit
        onClick={() => onOpen(people.cell)}
      >
        <FigureText figure={people} />
      </Anchor>,
      median === null ? "" : format.span(median),
    ],
  }));
  const exits = result.exits
    .filter(({ people }) => people.count === null || people.count > 0)
    .map(({ position, people }) => ({
      key: `exit ${position}`,
      cells: [
        t("paths.stopped", { position }),
        "",
        <Anchor
          key="people"
          component="button"
          type="button"
          inherit
          onClick={() => onOpen(people.cell)}
        >
          <FigureText figure={people} />
        </Anchor>,
        "",
      ],
    }));
  return (
    <AsTable
      label={t("paths.chart")}
      head={[t("paths.from"), t("paths.to"), t("query.peopleBehind"), t("paths.median")]}
      rows={[...links, ...exits]}
    />
  );
}
