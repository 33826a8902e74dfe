import { useTranslation } from "react-i18next";
import type { PathsResult } from "./types";
import { useNodeName } from "./use-node-name";

/** What the people of a cell have in common, in words. */
export function useTitle(result: PathsResult | undefined, cell: string | null): string {
  const { t } = useTranslation();
  const nodeName = useNodeName();
  const isolated = (node: { id: string; name: string }) => `\u2068${nodeName(node)}\u2069`;
  if (result === undefined || cell === null) return t("query.peopleBehind");
  const node = result.nodes.find((one) => one.people.cell === cell);
  if (node) return nodeName(node);
  const link = result.links.find((one) => one.people.cell === cell);
  const named = (id: string) => result.nodes.find((one) => one.id === id);
  const [from, to] = link ? [named(link.from), named(link.to)] : [];
  if (from && to) return t("paths.fromTo", { from: isolated(from), to: isolated(to) });
  const exit = result.exits.find((one) => one.people.cell === cell);
  return exit ? t("paths.stopped", { position: exit.position }) : t("query.peopleBehind");
}
