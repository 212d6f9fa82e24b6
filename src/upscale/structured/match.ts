import type { Backend, Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import { assign } from '../../transport/assignment';
import { CostMatrix } from '../../transport/cost';
import { blockTensor, headColumns } from '../block/block-tensor';
import { groupSize, type HeadLayout, headsOf, range } from './heads';
import { fitRotation, rotaryProducts, type RotaryProducts } from './rotary';
import { sliceDistances } from './output-slices';

/** A one-to-one match of the previous block's heads with the next block's. */
export interface HeadMatch {
  /** Key-value head of the previous block for every key-value head of the next. */
  readonly groups: Uint32Array;
  /** Query head of the previous block for every query head of the next. */
  readonly heads: Uint32Array;
  /** Radians per rotary pair, for every group of the next block; undefined if q and k are not rotated. */
  readonly angles: readonly Float64Array[] | undefined;
}

interface MatchOptions {
  /** True: fit one rotation per rotary pair to k and all q of a group. */
  readonly rotate: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The best match within one group of the previous block and one of the next. */
interface GroupMatch {
  readonly cost: number;
  /** Slot of the query head of the previous group for every slot of the next. */
  readonly slots: Uint32Array;
  readonly angles: Float64Array;
}

/**
 * Matches whole key-value groups by exact assignment (method.md 5.1). The cost of two groups is the squared Euclidean
 * distance that remains after their best inner match: of k, row by row; of v, with its dimensions assigned; of the query
 * heads, assigned by the rows of q and the columns of o, whose order follows v's dimensions. Rows of q and k are not
 * permuted within a head; with `rotate` their distance is taken after the best rotation. q, k and o are read to the host;
 * distances of v are computed on the device. If the blocks hold features, `HEAD_OUTPUTS` replaces the columns of o.
 * @throws TransportError for weights that are not finite; AbortError.
 */
export async function matchHeads(
  backend: Backend,
  { previous, next }: { previous: Block; next: Block },
  layout: HeadLayout,
  { rotate, signal }: MatchOptions,
): Promise<HeadMatch> {
  const pause = async (): Promise<void> => {
    signal?.throwIfAborted();
    await backend.settle();
  };
  const read = async (of: (block: Block) => Tensor) => ({
    a: await backend.read(of(previous)),
    b: await backend.read(of(next)),
  });
  const projection = (name: string) => (block: Block) => blockTensor(block, `self_attn.${name}.weight`);
  const { heads, kvHeads, headDim } = layout;
  const values = await valueMatches(backend, { previous, next }, layout, signal);
  const outputs = await sliceDistances(
    await read(headColumns),
    layout,
    (s, t) => values(s, t).assignment,
    pause,
  );
  const keys = await rotaryProducts(await read(projection('k_proj')), kvHeads, headDim, rotate, pause);
  const queries = await rotaryProducts(await read(projection('q_proj')), heads, headDim, rotate, pause);

  const groups = range(kvHeads);
  const costs = new Float64Array(kvHeads ** 2);
  const inner: GroupMatch[] = [];
  for (const a of groups) {
    await pause();
    for (const b of groups) {
      const match = await matchGroup({ keys, queries, outputs }, layout, a, b, rotate);
      inner.push(match);
      costs[a * kvHeads + b] = match.cost + values(a, b).cost;
    }
  }
  const { assignment } = await assign(costs, kvHeads, kvHeads, { signal });
  const match = { groups: new Uint32Array(kvHeads), heads: new Uint32Array(heads) };
  const angles: Float64Array[] = [];
  for (const [a, b] of assignment.entries()) {
    const found = inner[a * kvHeads + b];
    if (!found) throw new RangeError(`expected a match of groups ${a} and ${b}, got none`);
    match.groups[b] = a;
    angles[b] = found.angles;
    const from = headsOf(layout, a);
    for (const [slot, head] of headsOf(layout, b).entries())
      match.heads[head] = from[found.slots[slot] ?? 0] ?? 0;
  }
  return { ...match, angles: rotate ? angles : undefined };
}

async function matchGroup(
  parts: { keys: RotaryProducts; queries: RotaryProducts; outputs: Float64Array },
  layout: HeadLayout,
  a: number,
  b: number,
  rotate: boolean,
): Promise<GroupMatch> {
  const { keys, queries, outputs } = parts;
  const { heads, headDim } = layout;
  const size = groupSize(layout);
  const [from, to] = [headsOf(layout, a), headsOf(layout, b)];
  // Heads are assigned with a rotation per head: a lower bound of the cost with one shared rotation.
  const costs = Float64Array.from(
    from.flatMap((source) =>
      to.map((target) => {
        const { cost } = fitRotation([{ products: queries, source, target }], headDim, rotate);
        return cost + (outputs[source * heads + target] ?? 0);
      }),
    ),
  );
  const { assignment } = await assign(costs, size, size);
  const slots = new Uint32Array(size);
  const placed = [{ products: keys, source: a, target: b }];
  let cost = 0;
  for (const [slot, column] of assignment.entries()) {
    slots[column] = slot;
    const [source, target] = [from[slot] ?? 0, to[column] ?? 0];
    placed.push({ products: queries, source, target });
    cost += outputs[source * heads + target] ?? 0;
  }
  const fit = fitRotation(placed, headDim, rotate);
  return { cost: cost + fit.cost, slots, angles: fit.angles };
}

/** A one-to-one match of the dimensions of two value heads. */
interface ValueMatch {
  /** Dimension of the next head for every dimension of the previous. */
  readonly assignment: Uint32Array;
  /** Squared distance that remains. */
  readonly cost: number;
}

/** Exact assignment of v's rows for every pair of groups. */
async function valueMatches(
  backend: Backend,
  { previous, next }: { previous: Block; next: Block },
  { kvHeads, headDim }: HeadLayout,
  signal: AbortSignal | undefined,
): Promise<(a: number, b: number) => ValueMatch> {
  const key = 'self_attn.v_proj.weight';
  const cost = await CostMatrix.build(backend, blockTensor(previous, key), blockTensor(next, key), {
    signal,
  });
  const matches: ValueMatch[] = [];
  try {
    const distances = await cost.readAll(signal);
    const width = kvHeads * headDim;
    for (const a of range(kvHeads)) {
      for (const b of range(kvHeads)) {
        const squares = Float64Array.from({ length: headDim ** 2 }, (_, k) => {
          const row = a * headDim + Math.floor(k / headDim);
          return (distances[row * width + b * headDim + (k % headDim)] ?? Number.NaN) ** 2;
        });
        const match = await assign(squares, headDim, headDim, { signal });
        matches.push({ assignment: match.assignment, cost: match.cost * headDim });
      }
    }
  } finally {
    cost.free();
  }
  return (a, b) => {
    const match = matches[a * kvHeads + b];
    if (match) return match;
    throw new RangeError(`expected key-value groups below ${kvHeads}, got ${a} and ${b}`);
  };
}
