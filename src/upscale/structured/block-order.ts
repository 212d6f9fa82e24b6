import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import { randomSource, shuffled } from '../../random';
import { companionsOf } from '../block/companions';
import type { PlannedTensor } from '../block/planned';
import { gatherRows } from './move';
import { groupSize, headRows, type HeadLayout, headsOf, range } from './heads';

/**
 * An order of what may be exchanged in a block without changing what it computes (method.md 5.1): place p of the ordered block
 * holds what was at the named place. Rows of q and k keep their places within a head, because RoPE tells them apart.
 */
export interface BlockOrder {
  /** Hidden units of the MLP: rows of gate and up, columns of down. */
  readonly units: Uint32Array;
  /** Key-value groups, with their query heads. */
  readonly groups: Uint32Array;
  /** Query heads. Those at the places of a group come from the group that is put there. */
  readonly heads: Uint32Array;
  /** Rows of v, `[kvHeads · h]`. Those at the places of a group come from the group that is put there. */
  readonly values: Uint32Array;
}

/** What of a config decides the orders of its blocks. */
export type OrderedShape = HeadLayout & Pick<LlamaConfig, 'intermediateSize'>;

/** Draws an order in which units, groups, the heads of every group and the value dimensions of every head are all shuffled. */
export function randomOrder(shape: OrderedShape, seed: number): BlockOrder {
  const random = randomSource(seed);
  const { kvHeads, headDim, intermediateSize } = shape;
  const units = moved(intermediateSize, random);
  const groups = moved(kvHeads, random);
  const heads = Array.from(groups, (group) => pick(headsOf(shape, group), moved(groupSize(shape), random)));
  const values = Array.from(groups, (group) =>
    pick(Array.from(headRows([group], headDim)), moved(headDim, random)),
  );
  return { units, groups, heads: Uint32Array.from(heads.flat()), values: Uint32Array.from(values.flat()) };
}

/** Draws an order in which only the units, only the groups with their query heads, or only the value dimensions are shuffled. */
export function partOrder(
  shape: OrderedShape,
  part: 'units' | 'groups' | 'values',
  seed: number,
): BlockOrder {
  const random = randomSource(seed);
  const { heads, kvHeads, headDim, intermediateSize } = shape;
  const groups = part === 'groups' ? moved(kvHeads, random) : Uint32Array.from(range(kvHeads));
  const values = Array.from(headRows(groups, headDim));
  return {
    units: part === 'units' ? moved(intermediateSize, random) : Uint32Array.from(range(intermediateSize)),
    groups,
    heads:
      part === 'groups'
        ? Uint32Array.from([...groups].flatMap((group) => headsOf(shape, group)))
        : Uint32Array.from(range(heads)),
    values: Uint32Array.from(
      part === 'values'
        ? range(kvHeads).flatMap((head) =>
            pick(values.slice(head * headDim, (head + 1) * headDim), moved(headDim, random)),
          )
        : values,
    ),
  };
}

/**
 * Copies a block with the rows of q and k in another order, the same in every head. Without RoPE that would change nothing; with it
 * every row has its own rotation, so the result computes something else. The caller owns its tensors (f32).
 */
export function withMixedRows(
  backend: Backend,
  block: Block,
  config: LlamaConfig,
  seed: number,
): Map<string, Tensor> {
  const { heads, kvHeads, headDim } = config;
  const order = moved(headDim, randomSource(seed));
  const rows = (count: number): Places => ({
    axis: 0,
    from: Uint32Array.from(range(count).flatMap((head) => [...order].map((row) => head * headDim + row))),
  });
  const places = new Map(
    (['self_attn.q_proj', 'self_attn.k_proj'] as const).flatMap((tensor, at) =>
      [`${tensor}.weight`, ...companionsOf(config, tensor)].map(
        (key) => [key, rows(at === 0 ? heads : kvHeads)] as const,
      ),
    ),
  );
  return moveAll(backend, block, places);
}

/** A random order that is not the one at hand, if there is another. */
function moved(count: number, random: () => number): Uint32Array {
  for (;;) {
    const order = shuffled(count, random);
    if (count < 2 || order.some((from, place) => from !== place)) return order;
  }
}

const pick = (items: readonly number[], order: Uint32Array): number[] =>
  Array.from(order, (from) => items[from] ?? Number.NaN);

/**
 * Copies a block, or those of its tensors that are given, into another order. The result computes what the block computes, but for the
 * rounding of sums that run in another order. The caller owns its tensors (f32).
 */
export function ordered(
  backend: Backend,
  block: Block,
  config: LlamaConfig,
  order: BlockOrder,
): Map<string, Tensor> {
  return moveAll(backend, block, placesOf(config, order));
}

function moveAll(backend: Backend, block: Block, places: ReadonlyMap<string, Places>): Map<string, Tensor> {
  const made = new Map<string, Tensor>();
  try {
    for (const [key, tensor] of block) made.set(key, copied(backend, tensor, places.get(key)));
    return made;
  } catch (error) {
    backend.free(...made.values());
    throw error;
  }
}

interface Places {
  readonly axis: 0 | 1;
  readonly from: Uint32Array;
}

/** Which rows or columns of each tensor are taken; a tensor without an entry keeps its order. */
function placesOf(config: LlamaConfig, { units, groups, heads, values }: BlockOrder): Map<string, Places> {
  const { kvHeads, headDim } = config;
  const rows: readonly (readonly [PlannedTensor, Uint32Array])[] = [
    ['self_attn.q_proj', headRows(heads, headDim)],
    ['self_attn.k_proj', headRows(groups, headDim)],
    ['self_attn.v_proj', values],
    ['mlp.gate_proj', units],
    ['mlp.up_proj', units],
  ];
  // A column of o reads the value dimension at its place within its head.
  const read = range(kvHeads).flatMap((group) =>
    headsOf(config, group).flatMap((place) =>
      range(headDim).map((j) => {
        const dimension = (values[group * headDim + j] ?? 0) % headDim;
        return (heads[place] ?? 0) * headDim + dimension;
      }),
    ),
  );
  const columns: readonly (readonly [PlannedTensor, Uint32Array])[] = [
    ['self_attn.o_proj', Uint32Array.from(read)],
    ['mlp.down_proj', units],
  ];
  return new Map<string, Places>([
    ...rows.flatMap(([tensor, from]) =>
      [`${tensor}.weight`, ...companionsOf(config, tensor)].map((key) => [key, { axis: 0, from }] as const),
    ),
    ...columns.map(([tensor, from]) => [`${tensor}.weight`, { axis: 1, from }] as const),
  ]);
}

const copied = (backend: Backend, tensor: Tensor, places: Places | undefined): Tensor =>
  places ? gatherRows(backend, tensor, places.from, places.axis) : backend.weightedSum(tensor, 1);

/** Counts the places that an order brings back after `secret` was applied, so that both together change nothing there. */
export function shareFound(secret: Uint32Array, found: Uint32Array): { right: number; of: number } {
  const right = found.reduce((sum, from, place) => sum + (secret[from] === place ? 1 : 0), 0);
  return { right, of: found.length };
}
