import type { Potentials, HalfStep, Tensor } from '../operations';
import type { GibbsKernel } from './gibbs-kernel';
import type { Runner } from './runner';
import { EXPONENTIAL_NS } from './work-split';

/** Columns of a cache line: sums of columns that are too small are computed again by whole lines. */
const LINE_COLUMNS = 16;
const LARGEST_FLOAT = 3.4028234663852886e38;
/** Cells of a problem that is too small to be worth waking threads. */
const FEW_CELLS = 2 ** 14;

/** A half-step as kernels take it. */
export const stepValues = (
  { logMarginal, damping = 1, relaxation = 1 }: HalfStep,
  epsilon: number,
): { logMarginal: number; scale: number; relaxed: number; relaxation: number } => ({
  logMarginal,
  scale: damping * epsilon,
  relaxed: Number(relaxation !== 1),
  relaxation,
});

/** Forms K at the present g, unless it is there and g is near its reference. */
function prepare(runner: Runner, cost: Tensor, { g, epsilon }: Potentials, kernel: GibbsKernel): void {
  const { columns, rows, columnReferences } = kernel;
  const inverse = 1 / epsilon;
  const at = runner.f64Copy(g);
  const { doubles, allFloats } = runner.heap;
  const values = doubles.subarray(at / 8, at / 8 + columns);
  const references = allFloats.subarray(columnReferences / 4, columnReferences / 4 + columns);
  const own = runner.own(cost);
  if (kernel.isFrom(own, epsilon)) {
    let drift = 0;
    for (let j = 0; j < columns; j++)
      drift = Math.max(drift, Math.abs(values[j]! * inverse + references[j]!));
    if (drift <= kernel.maxDrift) return;
  }
  const exponents = doubles.subarray(kernel.at / 8, kernel.at / 8 + columns);
  for (let j = 0; j < columns; j++) {
    references[j] = -values[j]! * inverse;
    exponents[j] = -references[j]! * Math.LOG2E;
  }
  runner.heap.bytes(kernel.scalings, kernel.stride).fill(0);
  runner.run(
    'gibbsRows',
    {
      cost: own.at,
      columns,
      potentialF32: runner.at(g),
      exponents: kernel.at,
      inverse,
      rowReferences: kernel.rowReferences,
      gibbs: kernel.gibbs,
      stride: kernel.stride,
    },
    { items: rows, nanoseconds: EXPONENTIAL_NS * columns },
  );
  kernel.formedFrom(own, epsilon);
}

/** Largest u_i. */
function largestScaling(runner: Runner, { f, epsilon }: Potentials, kernel: GibbsKernel): number {
  const inverse = 1 / epsilon;
  const at = runner.f64Copy(f) / 8;
  const { doubles, allFloats } = runner.heap;
  const reference = kernel.rowReferences / 4;
  let largest = -Infinity;
  for (let i = 0; i < kernel.rows; i++) {
    largest = Math.max(largest, doubles[at + i]! * inverse - allFloats[reference + i]!);
  }
  return Math.exp(largest);
}

/**
 * Row half-step over a cost in one band, in one pass over its Gibbs kernel, and the sums of the new plan's columns, which it writes to
 * `state`. Calls `sumAgain` for ranges of columns whose sums are not safe from under- or overflow.
 */
export function scaleRows(
  runner: Runner,
  cost: Tensor,
  potentials: Potentials,
  step: HalfStep,
  state: Tensor,
  kernel: GibbsKernel,
  sumAgain: (start: number, end: number) => void,
): void {
  const { f, g, epsilon } = potentials;
  const { rows, columns, stride, blocks, blockRows, columnReferences } = kernel;
  const inverse = 1 / epsilon;
  prepare(runner, cost, potentials, kernel);
  runner.run(
    'columnScalings',
    { g: runner.f64Copy(g), references: columnReferences, inverse, out: kernel.scalings },
    { items: columns, nanoseconds: EXPONENTIAL_NS, multiple: LINE_COLUMNS },
  );
  runner.run(
    'scaleRows',
    {
      gibbs: kernel.gibbs,
      stride,
      rows,
      blockRows,
      scalings: kernel.scalings,
      rowReferences: kernel.rowReferences,
      f: runner.f64Target(f),
      potentialF32: runner.at(f),
      inverse,
      ...stepValues(step, epsilon),
      sums: kernel.sums,
    },
    { items: blocks, nanoseconds: 1, grain: rows * columns < FEW_CELLS ? blocks : 1 },
  );
  const at = runner.target(state);
  runner.run(
    'columnSums',
    { sums: kernel.sums, stride, blocks, references: columnReferences, state: at, columns },
    { items: columns, nanoseconds: blocks / 2, multiple: LINE_COLUMNS },
  );
  const least = kernel.leastColumnSum(largestScaling(runner, potentials, kernel));
  const sums = runner.heap.floats(at + 4 * columns, columns);
  let start = -1;
  for (let line = 0; line < columns; line += LINE_COLUMNS) {
    const end = Math.min(columns, line + LINE_COLUMNS);
    let safe = true;
    for (let j = line; j < end; j++) safe &&= sums[j]! >= least && sums[j]! <= LARGEST_FLOAT;
    if (!safe && start < 0) start = line;
    if (start < 0) continue;
    if (safe) sumAgain(start, line);
    else if (end === columns) sumAgain(start, end);
    if (safe) start = -1;
  }
}
