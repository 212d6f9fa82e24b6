import type { Backend } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { assign } from '../../transport/assignment';
import { CostMatrix } from '../../transport/cost';
import type { LlamaConfig } from '../../llama/config';
import type { ComparedBlocks } from '../contract/context';
import type { BlockOrder } from './block-order';
import type { FeaturePair } from './features';
import { range } from './heads';
import { matchHeads } from './match';
import { hiddenUnits, valueDimensions } from './units';

interface FindOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Finds, from the weights alone, the order that brings `previous` closest to `next`, by exact assignments: of units by their rows
 * of gate and up and columns of down; of groups and heads as wholes (see `matchHeads`); of the value dimensions within matched heads
 * by their rows of v and columns of o. O(units³) at worst, and far less where every unit has a clear partner.
 * @throws TransportError for weights that are not finite; AbortError.
 */
export async function findOrder(
  backend: Backend,
  blocks: ComparedBlocks,
  config: LlamaConfig,
  { signal, onProgress }: FindOptions = {},
): Promise<BlockOrder> {
  const { groups, heads } = await matchHeads(backend, blocks, config, { rotate: false, signal });
  onProgress?.(0.3);
  const { kvHeads, headDim } = config;
  const dimensions = await costsOf(
    backend,
    await valueDimensions(backend, blocks, config, { groups, heads }, true, signal),
    signal,
  );
  const width = kvHeads * headDim;
  const values = new Uint32Array(width);
  for (const group of range(kvHeads)) {
    const start = group * headDim;
    const costs = Float32Array.from(
      { length: headDim ** 2 },
      (_, k) => dimensions[(start + Math.floor(k / headDim)) * width + start + (k % headDim)] ?? Number.NaN,
    );
    const { assignment } = await assign(costs, headDim, headDim, { signal });
    for (const [from, place] of assignment.entries())
      values[start + place] = (groups[group] ?? 0) * headDim + from;
  }
  onProgress?.(0.5);
  const costs = await costsOf(backend, await hiddenUnits(backend, blocks, true, signal), signal);
  const count = Math.sqrt(costs.length);
  const { assignment } = await assign(costs, count, count, {
    signal,
    onProgress: (fraction) => onProgress?.(0.5 + fraction / 2),
  });
  const units = new Uint32Array(count);
  for (const [from, place] of assignment.entries()) units[place] = from;
  return { units, groups, heads, values };
}

/** Reads all distances between two sets of features, which it frees. */
async function costsOf(
  backend: Backend,
  { a, b }: FeaturePair,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const scope = new Scope(backend);
  try {
    scope.own(a);
    scope.own(b);
    const cost = await CostMatrix.build(backend, a, b, { signal });
    try {
      return await cost.readAll(signal);
    } finally {
      cost.free();
    }
  } finally {
    scope.free();
  }
}
