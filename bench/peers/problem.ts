import { normal } from '../data';
import { type BlockData, blockData } from '../block-data';

/** X ← X·W for every matrix in turn, so that X is back in its shape after each step. */
export interface ProductProblem {
  readonly kind: 'product';
  readonly rows: number;
  /** Rows and columns of every matrix. */
  readonly shapes: readonly (readonly [inner: number, columns: number])[];
  readonly x: Float32Array;
  /** Row-major. With `transposed`, of the transposes: `[columns, inner]`, as a linear layer keeps its weight. */
  readonly weights: readonly Float32Array[];
  readonly transposed: boolean;
}

/** Q ← causal attention of Q to fixed keys and values, all `[tokens, heads·headDim]`. */
export interface AttentionProblem {
  readonly kind: 'attention';
  readonly tokens: number;
  readonly heads: number;
  readonly headDim: number;
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
}

/**
 * X ← softmax of its rows. We have no such operation: ours is the gradient of a cross-entropy, softmax − one-hot with the one in
 * column 0, which is the same and one subtraction.
 */
export interface SoftmaxProblem {
  readonly kind: 'softmax';
  readonly rows: number;
  readonly columns: number;
  readonly x: Float32Array;
}

/** One iteration of Sinkhorn (rows, then columns) on squared distances of points in a plane. */
export interface SinkhornProblem {
  readonly kind: 'sinkhorn';
  /** By log-sum-exp of potentials, or by products with exp(−cost/ε). Ours is the same solver in both. */
  readonly form: 'log' | 'scaling';
  readonly n: number;
  readonly epsilon: number;
  /** `[n, 2]` */
  readonly a: Float32Array;
  readonly b: Float32Array;
  /** `[n, n]` */
  readonly cost: Float32Array;
}

/** Forward and backward pass of one block of the shipped model on 8 × 128 tokens, and a step of gradient descent on its weights. */
export interface BlockProblem {
  readonly kind: 'block';
  readonly data: BlockData;
}

export type Problem =
  ProductProblem | AttentionProblem | SoftmaxProblem | SinkhornProblem | DistanceProblem | BlockProblem;

/** `[n, m]` Euclidean distances of the rows of two matrices `[n, width]`. Each step computes them anew. */
export interface DistanceProblem {
  readonly kind: 'distance';
  readonly n: number;
  readonly width: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

type Sizes = Readonly<Record<string, string | number>> & { readonly kind: Problem['kind'] };

/** A row of the table. */
export interface Row {
  readonly group: string;
  readonly shape: string;
  /** Fewest steps of a run. Sinkhorn needs some to converge, so that its answer can be checked. */
  readonly steps: number;
  /** Floating-point operations of a step, 2 per multiply-add, or 0 if a rate would say little. */
  readonly flops: number;
  /** For the measurements in Python, which make their own operands. */
  readonly sizes: Sizes;
  /** Relative work of a step, by which the next row of a group is predicted from the one before. */
  readonly work: number;
  make(): Problem;
}

/** The row that products, attention and softmax are checked on. */
export const sampleRow = (rows: number): number => rows >> 1;

const scaled = (values: Float32Array, factor: number): Float32Array => values.map((x) => factor * x);

function product(rows: number, shapes: readonly (readonly [number, number])[], transposed = false): Row {
  const [inner, columns] = shapes[0] ?? [0, 0];
  const work = shapes.reduce((sum, [k, n]) => sum + rows * k * n, 0);
  const size = `${rows} × ${inner} × ${columns}`;
  return {
    group: transposed
      ? 'product with a transpose'
      : shapes.length > 1
        ? 'products there and back'
        : 'product',
    shape: size,
    steps: 2,
    flops: 2 * work,
    work,
    sizes: { kind: 'product', rows, inner, columns, back: shapes.length - 1, transposed: Number(transposed) },
    make: () => ({
      kind: 'product',
      rows,
      shapes,
      transposed,
      x: normal(rows * inner, 5),
      // Scaled so that entries stay of order 1, however long the chain.
      weights: shapes.map(([k, n], i) => scaled(normal(k * n, 6 + i), 1 / Math.sqrt(k))),
    }),
  };
}

const square = (n: number, transposed = false): Row => product(n, [[n, n]], transposed);
const thereAndBack = (rows: number, inner: number, columns: number): Row =>
  product(rows, [
    [inner, columns],
    [columns, inner],
  ]);

function attention(tokens: number, heads: number, headDim: number): Row {
  const width = heads * headDim;
  // A query sees half of the keys on average; scores and sums take a multiply-add each.
  const flops = 2 * tokens * tokens * width;
  return {
    group: 'causal attention',
    shape: `${tokens} tokens, ${heads} heads of ${headDim}`,
    steps: 2,
    flops,
    work: flops,
    sizes: { kind: 'attention', tokens, heads, headDim },
    make: () => ({
      kind: 'attention',
      tokens,
      heads,
      headDim,
      q: normal(tokens * width, 8),
      k: normal(tokens * width, 9),
      v: normal(tokens * width, 10),
    }),
  };
}

const softmax = (rows: number, columns: number): Row => ({
  group: 'softmax of rows',
  shape: `${rows} × ${columns}`,
  steps: 2,
  flops: 0,
  work: rows * columns,
  sizes: { kind: 'softmax', rows, columns },
  make: () => ({ kind: 'softmax', rows, columns, x: scaled(normal(rows * columns, 11), 3) }),
});

const distance = (n: number, width: number): Row => ({
  group: 'Euclidean distances of rows',
  shape: `${n} × ${n}, width ${width}`,
  steps: 2,
  flops: 3 * n * n * width,
  work: n * n * width,
  sizes: { kind: 'distance', n, width },
  make: () => ({ kind: 'distance', n, width, a: normal(n * width, 14), b: normal(n * width, 15) }),
});

const EPSILON = 0.2;

function sinkhorn(form: SinkhornProblem['form'], n: number): Row {
  const make = (): SinkhornProblem => {
    // In the unit square roughly, so that costs are a few ε.
    const [a, b] = [scaled(normal(2 * n, 12), 0.3), scaled(normal(2 * n, 13), 0.3)];
    const at = (points: Float32Array, i: number): number => points[i] ?? NaN;
    const cost = new Float32Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        cost[i * n + j] = (at(a, 2 * i) - at(b, 2 * j)) ** 2 + (at(a, 2 * i + 1) - at(b, 2 * j + 1)) ** 2;
    return { kind: 'sinkhorn', form, n, epsilon: EPSILON, a, b, cost };
  };
  return {
    group: `Sinkhorn iteration, ${form === 'log' ? 'log-sum-exp' : 'plain scaling'}`,
    shape: `${n} × ${n}`,
    // Enough to converge to 1e-5, so that the answer can be checked however a solver gets there.
    steps: 10,
    flops: 0,
    work: n * n,
    sizes: { kind: 'sinkhorn', form, n, epsilon: EPSILON },
    make,
  };
}

const block: Row = {
  group: 'training step of a block',
  shape: '8 × 128 tokens, width 128',
  steps: 1,
  flops: 0,
  work: 1,
  sizes: { kind: 'block' },
  make: () => ({ kind: 'block', data: blockData() }),
};

/** The rows of the table. Within a group from small to large. */
export const ROWS: readonly Row[] = [
  square(256),
  square(512),
  square(1024),
  square(2048),
  square(4096),
  square(512, true),
  thereAndBack(1, 576, 1536),
  thereAndBack(128, 192, 512),
  thereAndBack(1024, 192, 4096),
  attention(128, 8, 64),
  attention(256, 8, 64),
  attention(1024, 16, 64),
  softmax(1024, 1024),
  softmax(512, 8192),
  sinkhorn('log', 384),
  sinkhorn('log', 1536),
  sinkhorn('scaling', 384),
  sinkhorn('scaling', 1536),
  distance(384, 128),
  distance(1536, 576),
  block,
];
