import { SHIPPED } from '../../../tests/engine';
import { Checkpoint } from '../../checkpoint/checkpoint';
import { decode } from '../../checkpoint/dtype';
import { FolderFiles } from '../../cli/folder';
import type { PlannedTensor } from '../jobs';

/** The gap of the shipped model that tests use. */
export const GAP = 3;

/** Reads the rows of a base block's tensor in float64. */
export async function rowsOf(layer: number, tensor: PlannedTensor): Promise<Float64Array[]> {
  const checkpoint = await Checkpoint.open(new FolderFiles(SHIPPED));
  const name = `model.layers.${layer}.${tensor}.weight`;
  const [rows = 0, columns = 0] = checkpoint.tensors.get(name)?.shape ?? [];
  const values = Float64Array.from(decode(await checkpoint.read(name), 'BF16'));
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

const distance = (x: Float64Array, y: Float64Array): number =>
  Math.sqrt(x.reduce((sum, value, i) => sum + (value - (y[i] ?? Number.NaN)) ** 2, 0));

/** Returns the Euclidean distances between the rows of one tensor in both blocks of the gap. */
export async function costsOf(tensor: PlannedTensor): Promise<number[][]> {
  const [previous, next] = [await rowsOf(GAP, tensor), await rowsOf(GAP + 1, tensor)];
  return previous.map((row) => next.map((other) => distance(row, other)));
}

/** Returns the plan after half-steps of Sinkhorn's algorithm in float64, by scaling vectors, columns first. */
export function sinkhorn(costs: number[][], epsilon: number, halfSteps: number): number[][] {
  const n = costs.length;
  const kernel = costs.map((row) => row.map((cost) => Math.exp(-cost / epsilon)));
  const u = new Float64Array(n).fill(1);
  const v = new Float64Array(n).fill(1);
  for (let step = 1; step <= halfSteps; step++) {
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let l = 0; l < n; l++)
        sum += step % 2 === 1 ? (u[l] ?? 0) * (kernel[l]?.[k] ?? 0) : (kernel[k]?.[l] ?? 0) * (v[l] ?? 0);
      (step % 2 === 1 ? v : u)[k] = 1 / (n * sum);
    }
  }
  return kernel.map((row, i) => row.map((value, j) => (u[i] ?? 0) * value * (v[j] ?? 0)));
}

/** Returns the largest absolute difference. */
export const largestError = (values: Float32Array, expected: readonly number[]): number =>
  expected.reduce((worst, value, i) => Math.max(worst, Math.abs((values[i] ?? Number.NaN) - value)), 0);
