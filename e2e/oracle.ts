import { Checkpoint } from '../src/checkpoint/checkpoint';
import { decode } from '../src/checkpoint/dtype';
import { FolderFiles } from '../src/cli/folder';

const MODEL = 'public/models/interlayer-fairy-1.7m';

/** Reads the rows of one block's tensor from the shipped model's file. */
export async function weights(tensor: string, block: number, width: number): Promise<Float64Array[]> {
  const checkpoint = await Checkpoint.open(new FolderFiles(MODEL));
  const all = decode(await checkpoint.read(`model.layers.${block}.${tensor}.weight`), 'BF16');
  return Array.from({ length: all.length / width }, (_, row) =>
    Float64Array.from(all.subarray(row * width, (row + 1) * width)),
  );
}

export const transposed = (rows: readonly Float64Array[]): Float64Array[] =>
  Array.from(rows[0] ?? [], (_, column) => Float64Array.from(rows, (row) => row[column] ?? NaN));

/** Returns ‖A_i − B_j‖₂ of all pairs. */
export const distances = (a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] =>
  a.map((x) =>
    Float64Array.from(b, (y) =>
      Math.sqrt(x.reduce((sum, value, k) => sum + (value - (y[k] ?? NaN)) ** 2, 0)),
    ),
  );

export interface Reference {
  readonly f: Float64Array;
  readonly g: Float64Array;
  /** n·T. */
  mass(row: number, column: number): number;
  /** Σ T·M, and exp of the mean entropy of the plan's rows, each weighted by its mass. */
  readonly transportCost: number;
  readonly planPerplexity: number;
  /** L1 error of the column marginal. */
  readonly error: number;
}

const logSum = (values: readonly number[]): number => {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
};

/**
 * Independent reference: Sinkhorn in the log domain in float64 from f = g = 0, columns first, stopped after `halfSteps`
 * (Peyré & Cuturi 2019, 4.4). For square costs and uniform marginals.
 */
export function sinkhorn(cost: readonly Float64Array[], epsilon: number, halfSteps: number): Reference {
  const n = cost.length;
  const indices = Array.from({ length: n }, (_, i) => i);
  const at = (i: number, j: number) => cost[i]?.[j] ?? NaN;
  const f = new Float64Array(n);
  const g = new Float64Array(n);
  for (let step = 1; step <= halfSteps; step++) {
    if (step % 2 === 1)
      for (const j of indices)
        g[j] = epsilon * (-Math.log(n) - logSum(indices.map((i) => ((f[i] ?? NaN) - at(i, j)) / epsilon)));
    else
      for (const i of indices)
        f[i] = epsilon * (-Math.log(n) - logSum(indices.map((j) => ((g[j] ?? NaN) - at(i, j)) / epsilon)));
  }
  const share = (i: number, j: number) => Math.exp(((f[i] ?? NaN) + (g[j] ?? NaN) - at(i, j)) / epsilon);
  let [transportCost, entropy, mass, error] = [0, 0, 0, 0];
  for (const i of indices) {
    const row = indices.map((j) => share(i, j));
    const total = row.reduce((sum, value) => sum + value, 0);
    mass += total;
    for (const [j, value] of row.entries()) {
      transportCost += value * at(i, j);
      if (value > 0) entropy -= value * Math.log(value / total);
    }
  }
  for (const j of indices) error += Math.abs(indices.reduce((sum, i) => sum + share(i, j), 0) - 1 / n);
  return {
    f,
    g,
    mass: (row, column) => n * share(row, column),
    transportCost,
    planPerplexity: Math.exp(entropy / mass),
    error,
  };
}

/** Parses a number as the page writes it: 1,234.5, −0.004 or 8.2·10⁻⁶. */
export function numberIn(text: string): number {
  const [mantissa = '', power = ''] = text.trim().replaceAll(',', '').replace('−', '-').split('·10');
  const exponent = [...power].map((sign) => (sign === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(sign))).join('');
  return Number(mantissa) * 10 ** Number(exponent || 0);
}
