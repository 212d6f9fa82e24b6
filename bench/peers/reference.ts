import { CpuBackend } from '../../src/backend/cpu/backend';
import { BlockStep } from '../block';
import { BLOCK_SHAPES, type BlockWeight } from '../block-data';
import {
  type AttentionProblem,
  type BlockProblem,
  type DistanceProblem,
  type Problem,
  type ProductProblem,
  sampleRow,
  type SinkhornProblem,
  type SoftmaxProblem,
} from './problem';

/** Rows of the weights that a training step is checked on. */
export const BLOCK_SAMPLE: readonly (readonly [name: BlockWeight, row: number])[] = [
  ['attentionGain', 0],
  ['q', 3],
  ['gate', 3],
  ['down', 3],
];

/** What the sampled entries should be after some steps. */
export interface Expected {
  readonly values: Float64Array;
  /** Errors count relative to this. */
  readonly scale: number;
  readonly tolerance: number;
}

/** Float32 chains of some hundred operations stay well within; a wrong kernel, or one in half precision, does not. */
const TOLERANCE = 1e-3;

/**
 * The answer in float64, computed apart from any backend; a training step by the plain backend, which sums in float64. Undefined
 * if it would take too long, as of a training step after more than a few steps.
 */
export async function expectedOf(
  problem: Problem,
  steps: number,
  ours: boolean,
): Promise<Expected | undefined> {
  if (problem.kind === 'block') return steps > 2 ? undefined : blockAnswer(problem, steps);
  const values =
    problem.kind === 'product'
      ? productRow(problem, steps)
      : problem.kind === 'attention'
        ? attentionRow(problem, steps)
        : problem.kind === 'softmax'
          ? softmaxRow(problem, steps, ours)
          : problem.kind === 'sinkhorn'
            ? potentials(problem, steps)
            : distanceRow(problem);
  return { values, scale: largest(values), tolerance: TOLERANCE };
}

/** Largest error of an answer, relative to the scale of the expected one; infinite if an entry is missing or not a number. */
export function errorOf(answer: Float32Array, expected: Expected): number {
  if (answer.length !== expected.values.length) return Infinity;
  let worst = 0;
  for (const [i, value] of expected.values.entries()) {
    const error = Math.abs((answer[i] ?? NaN) - value);
    if (Number.isNaN(error)) return Infinity;
    worst = Math.max(worst, error / expected.scale);
  }
  return worst;
}

const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function productRow({ rows, shapes, x, weights, transposed }: ProductProblem, steps: number): Float64Array {
  const first = shapes[0]?.[0] ?? 0;
  let row = Float64Array.from(x.subarray(sampleRow(rows) * first, (sampleRow(rows) + 1) * first));
  for (let step = 0; step < steps; step++) {
    for (const [i, [inner, columns]] of shapes.entries()) {
      const weight = weights[i] ?? new Float32Array();
      const next = new Float64Array(columns);
      for (let k = 0; k < inner; k++)
        for (let j = 0; j < columns; j++)
          next[j]! += row[k]! * weight[transposed ? j * inner + k : k * columns + j]!;
      row = next;
    }
  }
  return row;
}

function attentionRow({ tokens, heads, headDim, q, k, v }: AttentionProblem, steps: number): Float64Array {
  const width = heads * headDim;
  const t = sampleRow(tokens);
  const row = Float64Array.from(q.subarray(t * width, (t + 1) * width));
  for (let step = 0; step < steps; step++) {
    for (let start = 0; start < width; start += headDim) {
      const scores = Float64Array.from({ length: t + 1 }, (_, s) => {
        let score = 0;
        for (let i = start; i < start + headDim; i++) score += row[i]! * k[s * width + i]!;
        return score / Math.sqrt(headDim);
      });
      const shares = softmaxOf(scores);
      const sums = new Float64Array(headDim);
      for (let s = 0; s <= t; s++)
        for (let i = 0; i < headDim; i++) sums[i]! += shares[s]! * v[s * width + start + i]!;
      row.set(sums, start);
    }
  }
  return row;
}

function softmaxRow({ rows, columns, x }: SoftmaxProblem, steps: number, ours: boolean): Float64Array {
  let row: Float64Array = Float64Array.from(
    x.subarray(sampleRow(rows) * columns, (sampleRow(rows) + 1) * columns),
  );
  for (let step = 0; step < steps; step++) {
    row = softmaxOf(row);
    if (ours) row[0]! -= 1;
  }
  return row;
}

function softmaxOf(values: Float64Array): Float64Array {
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/**
 * f, then g, in units of ε, with the mean of f moved to 0, because a constant may move between them. Once converged this is the same
 * however a solver gets there.
 */
function potentials({ n, epsilon, cost }: SinkhornProblem, steps: number): Float64Array {
  const kernel = Float64Array.from(cost, (c) => Math.exp(-c / epsilon));
  const u = new Float64Array(n);
  const v = new Float64Array(n).fill(1);
  // Later steps change nothing.
  for (let step = 0; step < Math.min(steps, 40); step++) {
    const sums = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += kernel[i * n + j]! * v[j]!;
      u[i] = 1 / (n * sum);
      for (let j = 0; j < n; j++) sums[j]! += kernel[i * n + j]! * u[i]!;
    }
    for (let j = 0; j < n; j++) v[j] = 1 / (n * sums[j]!);
  }
  return centred(u.map(Math.log), v.map(Math.log));
}

function distanceRow({ n, width, a, b }: DistanceProblem): Float64Array {
  const i = sampleRow(n);
  return Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (a[i * width + k]! - b[j * width + k]!) ** 2;
    return Math.sqrt(sum);
  });
}

/** f and g in one array, with the mean of f moved to g. */
export function centred(f: ArrayLike<number>, g: ArrayLike<number>): Float64Array {
  let mean = 0;
  for (let i = 0; i < f.length; i++) mean += f[i]! / f.length;
  return Float64Array.from({ length: f.length + g.length }, (_, i) =>
    i < f.length ? f[i]! - mean : g[i - f.length]! + mean,
  );
}

async function blockAnswer({ data }: BlockProblem, steps: number): Promise<Expected> {
  const backend = new CpuBackend();
  const block = new BlockStep(backend, data);
  for (let step = 0; step < steps; step++) block.step();
  const answer: number[] = [];
  let scale = 0;
  for (const [name, row] of BLOCK_SAMPLE) {
    const width = rowWidth(name);
    const after = (await backend.read(block.weights[name])).subarray(row * width, (row + 1) * width);
    const before = data.weights[name].subarray(row * width, (row + 1) * width);
    for (const [i, value] of after.entries()) scale = Math.max(scale, Math.abs(value - before[i]!));
    answer.push(...after);
  }
  block.free();
  backend.dispose();
  // Relative to the largest change, since an unchanged weight must not pass.
  return { values: Float64Array.from(answer), scale, tolerance: 10 * TOLERANCE };
}

const rowWidth = (name: BlockWeight): number => (BLOCK_SHAPES[name] as readonly number[]).at(-1) ?? 0;
