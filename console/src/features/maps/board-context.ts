import { createContext, use } from "react";
import type { Place } from "./tree";
import type { Conformance } from "./types";
import type { Editor } from "./use-editor";

interface Board {
  editor: Editor;
  actual: Conformance | undefined;
  mayEdit: boolean;
  dragged: Place | null;
  setDragged: (place: Place | null) => void;
  edit: (place: Place) => void;
  onPeople: (cell: string) => void;
  onDeviations: () => void;
}

export const BoardContext = createContext<Board | null>(null);

/** What cards and blocks share with the board they lie on. */
export function useBoard(): Board {
  const board = use(BoardContext);
  if (board === null) throw new Error("a card lies outside of a board");
  return board;
}
