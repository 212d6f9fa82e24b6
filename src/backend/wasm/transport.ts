import { bandSizes, columnLogSumSizes, columnPotentialSizes, rowPotentialSizes } from '../checks/transport';
import type { CostBand, Potentials, Tensor } from '../operations';
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

export function rowPotential(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  logMarginal: number,
  damping = 1,
): void {
  const { f, g, epsilon } = potentials;
  runner.check(band.cost, f, g);
  const { rowStart, rows, columns } = rowPotentialSizes(band, potentials, logMarginal, damping);
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
      values[i] = damping * (epsilon * (logMarginal - Math.log(sum)) - maximum);
    }
    runner.heap.floats(runner.at(f) + 4 * rowStart, rows).set(values);
  });
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
  logMarginal: number,
  update: boolean,
  damping = 1,
): Tensor {
  const { f, g, epsilon } = potentials;
  runner.check(state, f, g);
  const { columns } = columnPotentialSizes(state, potentials, logMarginal, damping);
  return runner.make([1], 'columnPotential', (out) => {
    const marginal = Math.exp(logMarginal);
    const at = runner.f64Copy(g);
    const sums = runner.heap.floats(runner.at(state), 2 * columns);
    const values = runner.heap.doubles.subarray(at / 8, at / 8 + columns);
    let error = 0;
    for (let j = 0; j < columns; j++) {
      const logSum = sums[j]! + Math.log(sums[columns + j]!);
      error += Math.abs(Math.exp(Math.min(values[j]! / epsilon + logSum, LARGEST_EXPONENT)) - marginal);
      if (update) values[j] = damping * epsilon * (logMarginal - logSum);
    }
    if (update) runner.heap.floats(runner.at(g), columns).set(values);
    runner.heap.floats(out, 1).set([error]);
  });
}
