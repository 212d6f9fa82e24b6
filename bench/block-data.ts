import { normal } from './data';

/** Sizes of the shipped model, and a batch of its training. */
export const BLOCK = {
  width: 128,
  inner: 384,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  windows: 8,
  length: 128,
  eps: 1e-5,
  /** Of the gradient descent that ends a step. */
  rate: 1e-3,
} as const;

/** Weights by name, in the order in which everything returns them. */
export const BLOCK_SHAPES = {
  attentionGain: [BLOCK.width],
  q: [BLOCK.heads * BLOCK.headDim, BLOCK.width],
  k: [BLOCK.kvHeads * BLOCK.headDim, BLOCK.width],
  v: [BLOCK.kvHeads * BLOCK.headDim, BLOCK.width],
  out: [BLOCK.width, BLOCK.heads * BLOCK.headDim],
  mlpGain: [BLOCK.width],
  gate: [BLOCK.inner, BLOCK.width],
  up: [BLOCK.inner, BLOCK.width],
  down: [BLOCK.width, BLOCK.inner],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type BlockWeight = keyof typeof BLOCK_SHAPES;
export const BLOCK_WEIGHTS = Object.keys(BLOCK_SHAPES) as readonly BlockWeight[];

/** What a training step of a block reads. The loss is the sum of `upstream` times the block's result. */
export interface BlockData {
  /** `[windows·length, width]` */
  readonly x: Float32Array;
  readonly upstream: Float32Array;
  readonly weights: Readonly<Record<BlockWeight, Float32Array>>;
  /** `[windows·length, headDim]`, a row for every token: half of it cosines, half sines. */
  readonly table: Float32Array;
  /** The same for the opposite rotations, which the backward pass needs. */
  readonly inverseTable: Float32Array;
}

export function blockData(): BlockData {
  const { windows, length, width, headDim } = BLOCK;
  const rows = windows * length;
  const small = (count: number, seed: number): Float32Array => normal(count, seed).map((x) => 0.1 * x);
  const half = headDim / 2;
  const table = Float32Array.from({ length: rows * headDim }, (_, at) => {
    const [position, i] = [Math.floor(at / headDim) % length, at % headDim];
    const angle = position / 10_000 ** ((i % half) / half);
    return i < half ? Math.cos(angle) : Math.sin(angle);
  });
  const weights = Object.fromEntries(
    BLOCK_WEIGHTS.map((name, i) => {
      const [first, second = 1] = BLOCK_SHAPES[name] as readonly number[];
      const values = small((first ?? 1) * second, 20 + i);
      return [name, name.endsWith('Gain') ? values.map((x) => 1 + x) : values];
    }),
  ) as unknown as BlockData['weights'];
  return {
    x: normal(rows * width, 18),
    upstream: small(rows * width, 19),
    weights,
    table,
    inverseTable: table.map((x, at) => (at % headDim < half ? x : -x)),
  };
}
