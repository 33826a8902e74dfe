import { describe, expect, it } from "vitest";
import {
  addStage,
  blockAt,
  move,
  remove,
  shift,
  touchpointsOf,
  unwrap,
  wrap,
} from "@/features/maps/tree";
import type { Block, MapBody } from "@/features/maps/types";

const step = (id: string) => ({ kind: "touchpoint", id, events: [id] }) as Block;
const MAP: MapBody = {
  id: "m",
  name: { en: "M" },
  stages: [
    { id: "a", of: [step("one"), { kind: "choice", of: [step("two"), step("three")] } as Block] },
    { id: "b", of: [step("four")] },
  ],
};
const ids = (body: MapBody) =>
  touchpointsOf(body)
    .map((one) => one.id)
    .join(" ");

describe("a map", () => {
  it("moves a step before another, also over stages and out of blocks", () => {
    expect(ids(move(MAP, [1, 0], [0, 0]))).toBe("four one two three");
    expect(ids(move(MAP, [0, 0], [1, 1]))).toBe("two three four one");
    expect(ids(move(MAP, [0, 1, 1], [0, 0]))).toBe("three one two four");
  });
  it("leaves no block of one part behind", () => {
    expect(blockAt(remove(MAP, [0, 1, 0]), [0, 1])?.kind).toBe("touchpoint");
  });
  it("does not put a block into itself", () => {
    expect(move(MAP, [0, 1], [0, 1, 0])).toBe(MAP);
  });
  it("shifts within a list, out of a block, into the next stage", () => {
    expect(ids(shift(MAP, [0, 0], 1))).toBe("two three one four");
    expect(ids(shift(MAP, [0, 1, 0], 1))).toBe("one three two four");
    expect(ids(shift(MAP, [0, 1, 1], 1))).toBe("one two three four");
    expect(shift(MAP, [0, 1, 1], 1).stages[0]?.of).toHaveLength(3);
    expect(shift(MAP, [0, 1], 1).stages[1]?.of).toHaveLength(2);
  });
  it("wraps and unwraps", () => {
    const optional = wrap(MAP, [0, 0], "optional");
    expect(blockAt(optional, [0, 0])?.kind).toBe("optional");
    expect(unwrap(optional, [0, 0])).toEqual(MAP);
    expect(ids(unwrap(MAP, [0, 1]))).toBe(ids(MAP));
    expect(blockAt(wrap(MAP, [0, 0], "any_order"), [0, 0])?.kind).toBe("any_order");
  });
  it("adds a stage with a step and an id nobody has", () => {
    expect(addStage(MAP, "E").stages.at(-1)?.id).toBe("stage-1");
    expect(ids(addStage(MAP, "E"))).toBe("one two three four step-1");
  });
});
