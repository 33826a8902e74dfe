import type { Viewport } from "@xyflow/react";
import type { Placement, Point } from "./geometry";
import { START } from "./simplify";

/** Smaller than this, text of 14 px can no longer be read at ease. */
export const LEGIBLE_ZOOM = 0.78;
const MOST_ZOOM = 1.1;
const MARGIN = 16;
const LEAST_HEIGHT = 320;
const MOST_HEIGHT = 1100;

/** The part of a placement that decides what is seen first. */
interface Extent {
  width: number;
  height: number;
  /** Middle of where journeys start. */
  start: Point;
}

/** Where an axis begins: centred if there is room, else so that `anchor` is seen. */
function offset(room: number, size: number, anchor: number): number {
  const spare = room - size;
  if (spare >= 0) return spare / 2;
  return Math.min(MARGIN, Math.max(spare - MARGIN, room / 2 - anchor));
}

/** How large a picture may be drawn in a width. */
export function fitZoom(extent: Pick<Extent, "width">, room: number): number {
  return Math.min(MOST_ZOOM, (room - 2 * MARGIN) / Math.max(1, extent.width));
}

/** As high as the picture at the size in which it fills the width, within reason. */
export function stageHeight(extent: Pick<Extent, "width" | "height">, room: number): number {
  const whole = (MOST_HEIGHT - 2 * MARGIN) / Math.max(1, extent.height);
  const zoom = Math.max(LEGIBLE_ZOOM, Math.min(whole, fitZoom(extent, room)));
  return Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, extent.height * zoom + 2 * MARGIN));
}

/**
 * Show the whole picture if its text stays legible; else as much as fits around its beginning.
 */
export function firstViewport(extent: Extent, room: { width: number; height: number }): Viewport {
  const { width, height, start } = extent;
  const wide = (room.width - 2 * MARGIN) / Math.max(1, width);
  const high = (room.height - 2 * MARGIN) / Math.max(1, height);
  const zoom = Math.min(MOST_ZOOM, Math.max(LEGIBLE_ZOOM, Math.min(wide, high)));
  return {
    x: offset(room.width, width * zoom, start.x * zoom),
    y: offset(room.height, height * zoom, start.y * zoom),
    zoom,
  };
}

/** The extent of a placement: it starts at START, or at its first step. */
export function extentOf({ width, height, nodes }: Placement): Extent {
  const first = nodes.find((node) => node.id === START) ?? nodes[0];
  const start = first
    ? { x: first.x + first.width / 2, y: first.y + first.height / 2 }
    : { x: 0, y: 0 };
  return { width, height, start };
}
