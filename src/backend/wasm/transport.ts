import { mixColumns } from '../anderson';
import {
  type BandSizes,
  bandSizes,
  columnLogSumSizes,
  columnPotentialSizes,
  rowPotentialSizes,
  sinkhornSizes,
} from '../checks/transport';
import { moved } from '../half-step';
import type { CostBand, HalfStep, Potentials, SinkhornIterations, Tensor } from '../operations';
import { elements } from '../shape';
import type { Runner } from './runner';
import { scaleRows, stepValues } from './scaling';
import { EXPONENTIAL_NS, STREAM_NS } from './work-split';

export function rowMoments(runner: Runner, band: CostBand): Tensor {
  runner.check(band.cost);
  const { rows, columns } = bandSizes('rowMoments', band);
  return runner.make([rows, 2], 'rowMoments', (out) => {
    const split = { items: rows, nanoseconds: 4 * STREAM_NS * columns };
    runner.run('rowMoments', { cost: runner.at(band.cost), columns, out }, split);
  });
}

export function rowPotential(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  step: HalfStep,
  state: Tensor,
): void {
  runner.check(band.cost, potentials.f, potentials.g, state);
  const sizes = rowPotentialSizes(band, potentials, step, state);
  const { rows, columns } = sizes;
  // Copies first, because they may make the memory grow.
  for (const potential of [potentials.f, potentials.g]) runner.f64Copy(potential);
  // With several bands, each would have to wait for the sums of the others.
  const whole = rows === elements(potentials.f.shape);
  const kernel = whole ? runner.gibbsKernel(state, rows, columns) : undefined;
  if (kernel) {
    scaleRows(runner, band.cost, potentials, step, state, kernel, (start, end) =>
      sumColumns(runner, band.cost, sizes, potentials, state, start, end),
    );
  } else {
    moveRows(runner, band.cost, sizes, potentials, step);
    sumColumns(runner, band.cost, sizes, potentials, state, 0, columns);
  }
}

/** The row half-step in the log domain. */
function moveRows(
  runner: Runner,
  cost: Tensor,
  { rowStart, rows, columns }: BandSizes,
  { f, g, epsilon }: Potentials,
  { logMarginal, damping = 1, relaxation = 1 }: HalfStep,
): void {
  const f64Copy = { f: runner.f64Target(f), g: runner.f64Copy(g) };
  runner.temporary(16 * rows, 'sums of rows', (out) => {
    runner.run(
      'rowLogSum',
      {
        cost: runner.at(cost),
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
      values[i] = moved(values[i]!, met, relaxation);
    }
    runner.heap.floats(runner.at(f) + 4 * rowStart, rows).set(values);
  });
}

export function columnLogSum(runner: Runner, band: CostBand, potentials: Potentials, state: Tensor): void {
  runner.check(band.cost, potentials.f, potentials.g, state);
  const sizes = columnLogSumSizes(band, potentials, state);
  sumColumns(runner, band.cost, sizes, potentials, state, 0, sizes.columns);
}

/** Adds a band to the running log-sum-exp of columns `start … end`; `start` is a multiple of 4. */
function sumColumns(
  runner: Runner,
  cost: Tensor,
  { rowStart, rows, columns }: BandSizes,
  { f, epsilon }: Potentials,
  state: Tensor,
  start: number,
  end: number,
): void {
  runner.run(
    'columnLogSum',
    {
      cost: runner.at(cost) + 4 * start,
      rows,
      columns,
      f: runner.f64Copy(f) + 8 * rowStart,
      potentialF32: runner.at(f) + 4 * rowStart,
      inverse: 1 / epsilon,
      state: runner.target(state) + 4 * start,
      first: Number(rowStart === 0),
    },
    {
      items: end - start,
      nanoseconds: EXPONENTIAL_NS * rows,
      // Whole cache lines.
      multiple: 16,
      scratch: (grain) => 4 * grain,
    },
  );
}

/** Columns per sum of errors. Fixed, because the error must not depend on the number of threads. */
const ERROR_COLUMNS = 512;

/**
 * Returns the marginal error, rounded to f32, of the plan whose sums are in `state`. If `update` returns true for it, moves g to meet
 * the marginal.
 */
function moveColumns(
  runner: Runner,
  state: Tensor,
  { g, epsilon }: Potentials,
  step: HalfStep,
  update: (error: number) => boolean,
): number {
  const columns = elements(g.shape);
  const at = runner.f64Copy(g);
  const ranges = Math.ceil(columns / ERROR_COLUMNS);
  // The kernel writes whole vectors.
  const nextBytes = 32 * Math.ceil(columns / 4);
  return runner.temporary(nextBytes + 8 * ranges, 'next column potentials', (next) => {
    const errors = next + nextBytes;
    runner.run(
      'columnStep',
      {
        state: runner.at(state),
        columns,
        g: at,
        inverse: 1 / epsilon,
        marginal: Math.exp(step.logMarginal),
        ...stepValues(step, epsilon),
        grain: ERROR_COLUMNS,
        next,
        errors,
      },
      { items: columns, nanoseconds: EXPONENTIAL_NS, grain: ERROR_COLUMNS },
    );
    const { doubles } = runner.heap;
    let sum = 0;
    for (let range = 0; range < ranges; range++) sum += doubles[errors / 8 + range]!;
    const error = Math.fround(sum);
    if (update(error)) {
      const values = doubles.subarray(next / 8, next / 8 + columns);
      doubles.set(values, runner.f64Target(g) / 8);
      runner.heap.floats(runner.at(g), columns).set(values);
    }
    return error;
  });
}

export function columnPotential(
  runner: Runner,
  state: Tensor,
  potentials: Potentials,
  step: HalfStep,
  update: boolean,
): Tensor {
  runner.check(state, potentials.f, potentials.g);
  columnPotentialSizes(state, potentials, step);
  const error = moveColumns(runner, state, potentials, step, () => update);
  return runner.make([1], 'columnPotential', (out) => runner.heap.floats(out, 1).set([error]));
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
  const errors = new Float32Array(count + 1).fill(-1);
  for (let done = 0; done <= count; done++) {
    const goesOn = (error: number): boolean => !((done > 0 && error <= tolerance) || done === count);
    const before = history ? potentialsInFloat64(runner, potentials.g).slice() : undefined;
    const error = moveColumns(runner, state, potentials, columns, goesOn);
    errors[done] = error;
    if (!goesOn(error)) break;
    if (history && before) {
      const g = potentialsInFloat64(runner, potentials.g);
      const numbers = runner.heap.floats(runner.target(history), history.bytes / 4);
      mixColumns(g, before, { numbers, width: history.shape[1] ?? 0 }, error);
      runner.heap.floats(runner.at(potentials.g), g.length).set(g);
    }
    rowPotential(runner, band, potentials, rows, state);
  }
  return runner.make([count + 1], 'marginal errors', (at) => runner.heap.floats(at, count + 1).set(errors));
}
