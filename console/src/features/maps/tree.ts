/** Changes of a map as pure functions: a place is [stage, step, step in it, …]. */
import {
  type Block,
  type Container,
  isTouchpoint,
  type MapBody,
  type Stage,
  type Wrap,
} from "./types";

export type Place = readonly number[];

const inside = (block: Block | undefined): Block[] =>
  block === undefined || isTouchpoint(block) ? [] : (block.of as Block[]);

const withInside = (block: Container, of: Block[]): Block => ({ ...block, of }) as Block;

/** The list that a place stands in is changed by `change`; everything around it is new. */
function changeList(
  list: Block[],
  place: Place,
  change: (list: Block[], at: number) => Block[],
): Block[] {
  const [at = 0, ...rest] = place;
  if (rest.length === 0) return change(list, at);
  return list.map((block, index) =>
    index === at && !isTouchpoint(block)
      ? withInside(block, changeList(inside(block), rest, change))
      : block,
  );
}

function inStage(
  body: MapBody,
  place: Place,
  change: (list: Block[], at: number) => Block[],
): MapBody {
  const [stage = 0, ...rest] = place;
  return {
    ...body,
    stages: body.stages.map((one, index) =>
      index === stage ? { ...one, of: changeList(one.of as Block[], rest, change) } : one,
    ),
  };
}

export function blockAt(body: MapBody, place: Place): Block | undefined {
  const [stage = 0, ...rest] = place;
  let list = (body.stages[stage]?.of ?? []) as Block[];
  let found: Block | undefined;
  for (const at of rest) {
    found = list[at];
    list = inside(found);
  }
  return found;
}

/** A block without steps goes; a choice (or any order) of one part is that part. */
function tidied(list: Block[]): Block[] {
  return list.flatMap((block): Block[] => {
    if (isTouchpoint(block)) return [block];
    const of = tidied(inside(block));
    if (of.length === 0) return [];
    const needsTwo = block.kind === "choice" || block.kind === "any_order";
    return of.length === 1 && needsTwo ? of : [withInside(block, of)];
  });
}

const tidy = (body: MapBody): MapBody => ({
  ...body,
  stages: body.stages.map((stage) => ({ ...stage, of: tidied(stage.of as Block[]) })),
});

export const update = (body: MapBody, place: Place, block: Block): MapBody =>
  inStage(body, place, (list, at) => list.map((one, index) => (index === at ? block : one)));

const insert = (body: MapBody, place: Place, block: Block): MapBody =>
  inStage(body, place, (list, at) => [...list.slice(0, at), block, ...list.slice(at)]);

const without = (body: MapBody, place: Place): MapBody =>
  inStage(body, place, (list, at) => list.filter((_, index) => index !== at));

export const remove = (body: MapBody, place: Place): MapBody => tidy(without(body, place));

/** Whether a place stands in the block at another, or is it. */
export const isWithin = (place: Place, outer: Place): boolean =>
  outer.every((at, depth) => place[depth] === at);

/** Take the block at one place and put it before another. */
export function move(body: MapBody, from: Place, to: Place): MapBody {
  const block = blockAt(body, from);
  if (block === undefined || isWithin(to, from)) return body;
  const depth = to.length - 1;
  const shifts =
    from.length > depth &&
    isWithin(from, to.slice(0, depth)) &&
    (to[depth] ?? 0) <= (from[depth] ?? 0);
  const old = shifts ? from.map((at, index) => (index === depth ? at + 1 : at)) : from;
  return tidy(without(insert(body, to, block), old));
}

/** One step earlier or later, out of its block at the block's end, into the next stage. */
export function shift(body: MapBody, place: Place, by: 1 | -1): MapBody {
  const depth = place.length - 1;
  const at = place[depth] ?? 0;
  const parent = place.slice(0, depth);
  const stage = place[0] ?? 0;
  const siblings = depth === 1 ? (body.stages[stage]?.of ?? []) : inside(blockAt(body, parent));
  const next = at + by;
  if (next >= 0 && next < siblings.length)
    return move(body, place, [...parent, by > 0 ? at + 2 : next]);
  if (depth > 1) {
    const outer = parent.slice(0, -1);
    const own = parent.at(-1) ?? 0;
    return move(body, place, [...outer, by > 0 ? own + 1 : own]);
  }
  const other = body.stages[stage + by];
  if (other === undefined || siblings.length < 2) return body;
  return move(body, place, [stage + by, by > 0 ? 0 : other.of.length]);
}

/** Put a step into a block; any order and choice take the step after it (or before it) along. */
export function wrap(body: MapBody, place: Place, kind: Wrap): MapBody {
  const block = blockAt(body, place);
  if (block === undefined) return body;
  if (kind === "optional") return update(body, place, { kind, of: [block] } as Block);
  if (kind === "loop")
    return update(body, place, { kind, of: [block], min: 1, max: null } as Block);
  return inStage(body, place, (list, at) => {
    const first = at + 1 < list.length ? at : at - 1;
    const [a, b] = [list[first], list[first + 1]];
    if (a === undefined || b === undefined) return list;
    return [...list.slice(0, first), { kind, of: [a, b] } as Block, ...list.slice(first + 2)];
  });
}

/** Take a block away and leave its steps where it was. */
export const unwrap = (body: MapBody, place: Place): MapBody =>
  tidy(
    inStage(body, place, (list, at) =>
      list.flatMap((one, index) => (index === at ? inside(one) : [one])),
    ),
  );

export function touchpointsOf(body: MapBody) {
  const walk = (list: Block[]): Extract<Block, { kind: "touchpoint" }>[] =>
    list.flatMap((block) => (isTouchpoint(block) ? [block] : walk(inside(block))));
  return body.stages.flatMap((stage) => walk(stage.of as Block[]));
}

/** An id that nobody has yet. */
function freeId(taken: readonly string[], stem: string): string {
  let number = 1;
  while (taken.includes(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

const idsOf = (body: MapBody) => [
  ...touchpointsOf(body).map((one) => one.id),
  ...body.stages.map((stage) => stage.id),
];

export function addTouchpoint(body: MapBody, stage: number, event: string): MapBody {
  const id = freeId(idsOf(body), "step");
  const last = body.stages[stage]?.of.length ?? 0;
  return insert(body, [stage, last], { kind: "touchpoint", id, events: [event] } as Block);
}

export function addStage(body: MapBody, event: string): MapBody {
  const id = freeId(idsOf(body), "stage");
  const taken = { ...body, stages: [...body.stages, { id, of: [] } as unknown as Stage] };
  return addTouchpoint(taken, body.stages.length, event);
}

export const changeStage = (body: MapBody, at: number, patch: Partial<Stage>): MapBody => ({
  ...body,
  stages: body.stages.map((stage, index) => (index === at ? { ...stage, ...patch } : stage)),
});

export const removeStage = (body: MapBody, at: number): MapBody => ({
  ...body,
  stages: body.stages.filter((_, index) => index !== at),
});

export function moveStage(body: MapBody, at: number, by: 1 | -1): MapBody {
  const stages = [...body.stages];
  const [stage] = stages.splice(at, 1);
  if (stage === undefined || at + by < 0 || at + by > stages.length) return body;
  stages.splice(at + by, 0, stage);
  return { ...body, stages };
}
