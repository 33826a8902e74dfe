import { useCallback, useReducer } from "react";
import type { MapBody } from "./types";

interface Story {
  past: MapBody[];
  now: MapBody;
  future: MapBody[];
}

type Step = { kind: "change"; body: MapBody } | { kind: "undo" } | { kind: "redo" };

function told(story: Story, step: Step): Story {
  const { past, now, future } = story;
  if (step.kind === "change")
    return step.body === now ? story : { past: [...past, now], now: step.body, future: [] };
  if (step.kind === "undo") {
    const before = past.at(-1);
    return before === undefined
      ? story
      : { past: past.slice(0, -1), now: before, future: [now, ...future] };
  }
  const [next, ...rest] = future;
  return next === undefined ? story : { past: [...past, now], now: next, future: rest };
}

/** A map being edited: every change can be undone and redone until it is saved. */
export function useEditor(saved: MapBody) {
  const [story, tell] = useReducer(told, { past: [], now: saved, future: [] });
  const change = useCallback((body: MapBody) => tell({ kind: "change", body }), []);
  return {
    body: story.now,
    change,
    undo: () => tell({ kind: "undo" }),
    redo: () => tell({ kind: "redo" }),
    canUndo: story.past.length > 0,
    canRedo: story.future.length > 0,
    isChanged: story.now !== saved,
  };
}

export type Editor = ReturnType<typeof useEditor>;
