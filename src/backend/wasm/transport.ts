import { andersonStep } from '../anderson';
import {
  bandSizes,
  columnLogSumSizes,
  columnPotentialSizes,
  rowPotentialSizes,
  sinkhornSizes,
} from '../checks/transport';
import type { CostBand, HalfStep, Potentials, SinkhornIterations, Tensor } from '../operations';
import { EXPONENTIAL_NS, STREAM_NS } from './work-split';
import type { Runner } from './runner';

export function rowMoments(runner: Runner, band: CostBand): Tensor {
  runner.check(band.cost);
  const { rows, columns } = bandSizes('rowMoments', band);
  return runner.make([rows, 2], 'rowMoments', (out) => {
    const split = { items: rows, nanoseconds: 4 * STREAM_NS * columns };
    runner.run('rowMoments', { cost: runner.at(band.cost), columns, out }, split);
  });
}

/** Moves a potential towards the one that meets its marginal. With factor 1 the result is `met` exactly. */
const relaxed = (old: number, met: number, factor: number): number =>
  factor === 1 ? met : old + factor * (met - old);

export function rowPotential(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  step: HalfStep,
  state: Tensor,
): void {
  const { f, g, epsilon } = potentials;
  runner.check(band.cost, f, g, state);
  const { rowStart, rows, columns } = rowPotentialSizes(band, potentials, step, state);
  const { logMarginal, damping = 1, relaxation = 1 } = step;
  const f64Copy = { f: runner.f64Copy(f), g: runner.f64Copy(g) };
  runner.temporary(16 * rows, 'sums of rows', (out) => {
    runner.run(
      'rowLogSum',
      {
        cost: runner.at(band.cost),
        columns,
        g: f64Copy.g,
        potentialF32: runner.at(g),
        inverse: 1 / epsilon,
        out,
      },
      { items: rows, nanoseconds: EXPONENTIAL_NS * columns },
    );
    const { doubles } = runner.heap;
    const values = doubles.subarray(f64Copy.f / 8 + rowStart, f64Copy.f / 8 + rowStart + rows);
    for (let i = 0; i < rows; i++) {
      const [maximum, sum] = [doubles[out / 8 + 2 * i]!, doubles[out / 8 + 2 * i + 1]!];
      const met = damping * (epsilon * (logMarginal - Math.log(sum)) - maximum);
      values[i] = relaxed(values[i]!, met, relaxation);
    }
    runner.heap.floats(runner.at(f) + 4 * rowStart, rows).set(values);
  });
  columnLogSum(runner, band, potentials, state);
}

export function columnLogSum(runner: Runner, band: CostBand, potentials: Potentials, state: Tensor): void {
  const { f, g, epsilon } = potentials;
  runner.check(band.cost, f, g, state);
  const { rowStart, rows, columns } = columnLogSumSizes(band, potentials, state);
  runner.run(
    'columnLogSum',
    {
      cost: runner.at(band.cost),
      rows,
      columns,
      f: runner.f64Copy(f) + 8 * rowStart,
      potentialF32: runner.at(f) + 4 * rowStart,
      inverse: 1 / epsilon,
      state: runner.target(state),
      first: Number(rowStart === 0),
    },
    {
      items: columns,
      nanoseconds: EXPONENTIAL_NS * rows,
      // Whole cache lines.
      multiple: 16,
      scratch: (grain) => 4 * grain,
    },
  );
}

/** Limit for exponents: column sums of a start far from any plan may exceed f32, and the error must be huge, not infinite. */
const LARGEST_EXPONENT = 60;

export function columnPotential(
  runner: Runner,
  state: Tensor,
  potentials: Potentials,
  step: HalfStep,
  update: boolean,
): Tensor {
  const { f, g, epsilon } = potentials;
  runner.check(state, f, g);
  const { columns } = columnPotentialSizes(state, potentials, step);
  const { logMarginal, damping = 1, relaxation = 1 } = step;
  return runner.make([1], 'columnPotential', (out) => {
    const marginal = Math.exp(logMarginal);
    const at = runner.f64Copy(g);
    const sums = runner.heap.floats(runner.at(state), 2 * columns);
    const values = runner.heap.doubles.subarray(at / 8, at / 8 + columns);
    let error = 0;
    for (let j = 0; j < columns; j++) {
      const logSum = sums[j]! + Math.log(sums[columns + j]!);
      error += Math.abs(Math.exp(Math.min(values[j]! / epsilon + logSum, LARGEST_EXPONENT)) - marginal);
      if (update) values[j] = relaxed(values[j]!, damping * epsilon * (logMarginal - logSum), relaxation);
    }
    if (update) runner.heap.floats(runner.at(g), columns).set(values);
    runner.heap.floats(out, 1).set([error]);
  });
}

function potentialsInFloat64(runner: Runner, potential: Tensor): Float64Array {
  const at = runner.f64Copy(potential) / 8;
  return runner.heap.doubles.subarray(at, at + potential.bytes / 4);
}

export function sinkhorn(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  state: Tensor,
  iterations: SinkhornIterations,
): Tensor {
  runner.check(band.cost, potentials.f, potentials.g, state);
  sinkhornSizes(band, potentials, state, iterations);
  const { rows, columns, count, tolerance, history } = iterations;
  return runner.make([count + 1], 'marginal errors', (at) => {
    runner.heap.floats(at, count + 1).fill(-1);
    for (let done = 0; done <= count; done++) {
      const measured = columnPotential(runner, state, potentials, columns, false);
      const [error = Number.NaN] = runner.heap.floats(runner.at(measured), 1);
      runner.free(measured);
      // A view made before would be detached if the memory has grown since.
      runner.heap.floats(at, count + 1)[done] = error;
      if ((done > 0 && error <= tolerance) || done === count) break;
      const before = history ? potentialsInFloat64(runner, potentials.g).slice() : undefined;
      runner.free(columnPotential(runner, state, potentials, columns, true));
      if (history && before) {
        const g = potentialsInFloat64(runner, potentials.g);
        const residual = Float64Array.from(before, (value, j) => g[j]! - value);
        const kept = runner.heap.floats(runner.target(history), history.bytes / 4);
        const step = andersonStep(kept, history.shape[1] ?? 0, residual, error);
        for (const [j, value] of before.entries()) g[j] = value + step[j]!;
        runner.heap.floats(runner.at(potentials.g), g.length).set(g);
      }
      rowPotential(runner, band, potentials, rows, state);
    }
  });
}
