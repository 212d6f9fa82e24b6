import type { Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { CostMatrix } from '../../transport/cost';
import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import type { Job } from '../workspace/context';
import { RequestError, expectFinite } from '../jobs/errors';
import type { Snapshot } from '../aligning/history';
import type { Cell, Partner } from '../jobs';

const BEST = 5;

/** Reads one cell of an alignment: cost, mass, both neurons' weights, and the best partners of each. */
export const cell: Job<'cell'> = async (workspace, { key, row, column, halfStep }, { signal }) => {
  const alignment = await alignmentOf(workspace, key, signal);
  checkIndex('cell', 'row', row, alignment.rows);
  checkIndex('cell', 'column', column, alignment.columns);
  return alignment.pinned(async () => {
    const lines = await readRows(alignment, row, column);
    const costs = await costLines(alignment.cost, row, column);
    const common = {
      key,
      row,
      column,
      cost: costs.row[column] ?? Number.NaN,
      ground: alignment.cost.settings,
      rowWeights: lines.rowWeights,
      columnWeights: lines.columnWeights,
    };
    const { planCost, plan } = alignment;
    const snapshot = plan === 'entropic' ? await alignment.snapshotAt(halfStep, signal) : undefined;
    const formed = planCost === alignment.cost ? costs : await costLines(planCost, row, column);
    const planned = partners(alignment, snapshot, { row, column }, formed);
    return { ...common, ...planned };
  });
};

/** @throws RequestError for an index outside `size`. */
export function checkIndex(job: string, what: string, index: number, size: number): void {
  if (Number.isInteger(index) && index >= 0 && index < size) return;
  throw new RequestError(`${job}: expected a ${what} from 0 to ${size - 1}, got ${index}`);
}

type Planned = Pick<Cell, 'halfStep' | 'mass' | 'f' | 'g' | 'epsilon' | 'bestColumns' | 'bestRows'>;

function partners(
  alignment: Alignment,
  snapshot: Snapshot | undefined,
  at: { row: number; column: number },
  costs: CostLines,
): Planned {
  if (snapshot) return entropic(snapshot, at, costs);
  const assignment = alignment.exact?.assignment;
  if (alignment.plan === 'permutation' && assignment) {
    const before = assignment.indexOf(at.column);
    return {
      halfStep: 0,
      mass: assignment[at.row] === at.column ? 1 : 0,
      bestColumns: [{ index: assignment[at.row] ?? 0, value: 1 }],
      bestRows: before < 0 ? [] : [{ index: before, value: 1 }],
    };
  }
  return { halfStep: 0, bestColumns: best(costs.row, -1), bestRows: best(costs.column, -1) };
}

/** Computes n·T_ij = n·exp((f_i + g_j − M_ij)/ε) of the cell's row and column in float64. */
function entropic(
  { f, g, epsilon, halfStep }: Snapshot,
  { row, column }: { row: number; column: number },
  costs: CostLines,
): Planned {
  const n = f.length;
  const mass = (i: number, j: number, cost: number): number =>
    n * Math.exp(((f[i] ?? Number.NaN) + (g[j] ?? Number.NaN) - cost) / epsilon);
  const rowMasses = Float64Array.from(costs.row, (cost, j) => mass(row, j, cost));
  const columnMasses = Float64Array.from(costs.column, (cost, i) => mass(i, column, cost));
  expectFinite(`row ${row} of the plan at half-step ${halfStep}`, rowMasses);
  expectFinite(`column ${column} of the plan at half-step ${halfStep}`, columnMasses);
  return {
    halfStep,
    mass: rowMasses[column] ?? Number.NaN,
    f: f[row] ?? Number.NaN,
    g: g[column] ?? Number.NaN,
    epsilon,
    bestColumns: best(rowMasses, 1),
    bestRows: best(columnMasses, 1),
  };
}

/** Returns the largest values (sign 1) or the smallest (−1), best first; ties by index. */
function best(values: Float32Array | Float64Array, sign: 1 | -1): Partner[] {
  const found: Partner[] = [];
  for (const [index, value] of values.entries()) {
    const rank = found.findIndex((other) => sign * value > sign * other.value);
    if (rank >= 0) found.splice(rank, 0, { index, value });
    else if (found.length < BEST) found.push({ index, value });
    if (found.length > BEST) found.pop();
  }
  return found;
}

/** One whole row and one whole column of a cost matrix. */
export interface CostLines {
  readonly row: Float32Array;
  readonly column: Float32Array;
}

/** Reads one row and one column of a cost matrix. @throws NumericError for a cost that is not finite. */
export async function costLines(cost: CostMatrix, row: number, column: number): Promise<CostLines> {
  const lines = { row: await cost.row(row), column: await cost.column(column) };
  expectFinite(`cost of row ${row}`, lines.row);
  expectFinite(`cost of column ${column}`, lines.column);
  return lines;
}

/** Reads the two compared rows, before the cost normalises them. */
async function readRows(
  { backend, inputs }: Alignment,
  row: number,
  column: number,
): Promise<Pick<Cell, 'rowWeights' | 'columnWeights'>> {
  const { a, b } = inputs;
  const scope = new Scope(backend);
  const pick = async (x: Tensor, index: number): Promise<Float32Array> => {
    const place = scope.own(backend.upload(Uint32Array.of(index), [1], 'u32', 'row index'));
    const values = await backend.read(scope.own(backend.gather(x, place)));
    expectFinite(`weights of row ${index}`, values);
    return values;
  };
  try {
    return { rowWeights: await pick(a, row), columnWeights: await pick(b, column) };
  } finally {
    scope.free();
  }
}
