import type { Viewport } from "@xyflow/react";
import type { Placement } from "./geometry";

const LEGIBLE_ZOOM = 0.66;
const MOST_ZOOM = 1.1;
const MARGIN = 16;

/**
 * Show the whole picture if its text stays legible; else as much as fits, from where it begins
 * (the right edge in right-to-left reading, the top when it runs downwards).
 */
export function firstViewport(
  { width, height }: Pick<Placement, "width" | "height">,
  room: { width: number; height: number },
  begins: "left" | "right" | "top",
): Viewport {
  const wide = (room.width - 2 * MARGIN) / Math.max(1, width);
  const high = (room.height - 2 * MARGIN) / Math.max(1, height);
  const zoom = Math.min(MOST_ZOOM, Math.max(LEGIBLE_ZOOM, Math.min(wide, high)));
  const spareX = room.width - width * zoom;
  const spareY = room.height - height * zoom;
  const x = spareX >= 0 ? spareX / 2 : begins === "right" ? spareX - MARGIN : MARGIN;
  const y = spareY >= 0 ? spareY / 2 : begins === "top" ? MARGIN : spareY / 2;
  return { x, y, zoom };
}
