import { HISTORY_ROWS } from '../anderson';
import { columnPotentialSizes, rowPotentialSizes, sinkhornSizes } from '../checks/transport';
import type { CostBand, HalfStep, Potentials, SinkhornIterations, Tensor } from '../operations';
import { EXP_WORK, workgroupGrid } from './grid';
import type { KernelCall, NamedCall, Runner } from './runner';
import {
  sinkhornColumnForm,
  sinkhornRowForm,
  type SinkhornColumnForm,
  type SinkhornRowForm,
} from './sinkhorn-form';

/** No error is below this tolerance. */
const NEVER = -2;
/** Entries of the record before the errors. */
const HEADER = 2;

/** Temporary tensors of half-steps over `rows` rows that write `errors` errors. */
class Buffers {
  readonly rowForm: SinkhornRowForm;
  readonly columnForm: SinkhornColumnForm;
  readonly mixThreads: number;
  /** Column sums of each workgroup of rows. */
  readonly columnSums: Tensor;
  readonly parts: number;
  /** g after the column half-step. */
  readonly next: Tensor;
  /** Part of the error of each workgroup of columns. */
  readonly errors: Tensor;
  readonly record: Tensor;
  readonly #runner: Runner;

  constructor(runner: Runner, columns: number, rows: number, errors: number) {
    this.#runner = runner;
    this.rowForm = sinkhornRowForm(columns, runner.info);
    this.columnForm = sinkhornColumnForm(runner.info);
    this.mixThreads = runner.info.software ? 16 : 256;
    this.parts = Math.ceil(rows / this.rowForm.TAKEN);
    this.columnSums = runner.empty([Math.max(1, this.parts), columns], 'column sums of workgroups');
    this.next = runner.empty([columns], 'next column potentials');
    this.errors = runner.empty([Math.ceil(columns / this.columnForm.WIDTH)], 'parts of the marginal error');
    this.record = runner.zeros([HEADER + errors], 'record of iterations');
  }

  free(): void {
    this.#runner.free(this.columnSums, this.next, this.errors, this.record);
  }

  /** Returns the errors of the record and frees everything else. */
  errorsAndFree(count: number): Tensor {
    const errors = this.#runner.empty([count], 'marginal errors');
    this.#runner.copy(this.record, 4 * HEADER, errors, 0, 4 * count);
    this.free();
    return errors;
  }
}

/** How a row half-step treats the error before it. */
interface Ending {
  /** Error at which nothing changes any more. */
  readonly tolerance: number;
  /** False if `errors` holds none. */
  readonly measured: boolean;
}

/** Row half-step over a band; without rows it only adds the error to the record. */
function rowCall(
  { rowForm: form, parts, columnSums, next, errors, record }: Buffers,
  { cost, rowStart, rows }: CostBand,
  { f, g, epsilon }: Potentials,
  { logMarginal, damping = 1, relaxation = 1 }: HalfStep,
  { tolerance, measured }: Ending,
): KernelCall {
  const columns = next.shape[0] ?? 1;
  return {
    tensors: { cost, next, errors, f, g, column_sums: columnSums, record },
    parameters: { ...form },
    params: {
      row_start: rowStart,
      rows,
      width: form.VECTOR === 1 ? columns / 4 : columns,
      epsilon,
      inverse: 1 / (epsilon * Math.LN2),
      marginal: Math.exp(logMarginal),
      log_marginal: logMarginal,
      damping,
      relaxation,
      tolerance,
      parts: measured ? (errors.shape[0] ?? 1) : 0,
    },
    groups: rows === 0 ? [1, 1] : workgroupGrid(parts),
    work: rows * columns * EXP_WORK,
  };
}

/** Column half-step after a band's row half-step, or with `parts` 0 from the state alone. */
function columnCall(
  { columnForm: form, columnSums, next, errors, record }: Buffers,
  { cost, rowStart, rows }: CostBand,
  { f, g, epsilon }: Potentials,
  { logMarginal, damping = 1, relaxation = 1 }: HalfStep,
  state: Tensor,
  parts: number,
  tolerance: number,
): KernelCall {
  const [, columns = 1] = state.shape;
  return {
    tensors: { column_sums: columnSums, cost, f, g, state, next, errors, record },
    parameters: { ...form },
    params: {
      row_start: rowStart,
      rows,
      columns,
      parts,
      epsilon,
      log_marginal: logMarginal,
      damping,
      relaxation,
      tolerance,
    },
    groups: [Math.ceil(columns / form.WIDTH), 1],
    work: (parts + 2 * EXP_WORK) * columns,
  };
}

/** Mixes the column half-step that was computed last with those before. */
function mixCall(
  { mixThreads, next, errors, record }: Buffers,
  { g, epsilon }: Potentials,
  { logMarginal }: HalfStep,
  state: Tensor,
  history: Tensor,
  tolerance: number,
  first: boolean,
): KernelCall {
  const [, columns = 1] = state.shape;
  return {
    tensors: { state, g, errors, history, next, record },
    parameters: { LANES: mixThreads },
    params: {
      columns,
      width: history.shape[1] ?? 1,
      parts: errors.shape[0] ?? 1,
      first: first ? 1 : 0,
      epsilon,
      log_marginal: logMarginal,
      tolerance,
    },
    groups: [1, 1],
    work: 2 * columns * HISTORY_ROWS,
  };
}

export function rowPotential(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  step: HalfStep,
  state: Tensor,
): void {
  const { rows, columns } = rowPotentialSizes(band, potentials, step, state);
  const work = new Buffers(runner, columns, rows, 1);
  runner.copy(potentials.g, 0, work.next, 0, 4 * columns);
  runner.run('sinkhorn_rows', rowCall(work, band, potentials, step, { tolerance: NEVER, measured: false }));
  runner.run('sinkhorn_columns', columnCall(work, band, potentials, step, state, work.parts, NEVER));
  work.free();
}

export function columnPotential(
  runner: Runner,
  state: Tensor,
  potentials: Potentials,
  step: HalfStep,
  update: boolean,
): Tensor {
  const { columns } = columnPotentialSizes(state, potentials, step);
  const work = new Buffers(runner, columns, 0, 1);
  // The cost is not read, but something that the kernel does not write must be bound.
  const none = (cost: Tensor): CostBand => ({ cost, rowStart: 0, rows: 0 });
  runner.run('sinkhorn_columns', columnCall(work, none(work.columnSums), potentials, step, state, 0, NEVER));
  runner.run(
    'sinkhorn_rows',
    rowCall(work, none(work.next), potentials, step, { tolerance: NEVER, measured: true }),
  );
  if (update) runner.copy(work.next, 0, potentials.g, 0, 4 * columns);
  return work.errorsAndFree(1);
}

export function sinkhorn(
  runner: Runner,
  band: CostBand,
  potentials: Potentials,
  state: Tensor,
  iterations: SinkhornIterations,
): Tensor {
  const sizes = sinkhornSizes(band, potentials, state, iterations);
  const { rows, columns, count, tolerance, history } = iterations;
  const work = new Buffers(runner, sizes.columns, sizes.rows, count + 1);
  const ending = { tolerance, measured: true };
  const call = (parts: number): KernelCall =>
    columnCall(work, band, potentials, columns, state, parts, tolerance);
  const mix = (first: boolean): NamedCall[] =>
    history ? [['anderson', mixCall(work, potentials, columns, state, history, tolerance, first)]] : [];
  for (const [name, start] of [['sinkhorn_columns', call(0)] as const, ...mix(true)]) runner.run(name, start);
  runner.repeat(count, [
    ['sinkhorn_rows', rowCall(work, band, potentials, rows, ending)],
    ['sinkhorn_columns', call(work.parts)],
    ...mix(false),
  ]);
  runner.run('sinkhorn_rows', rowCall(work, { ...band, rows: 0 }, potentials, rows, ending));
  return work.errorsAndFree(count + 1);
}
