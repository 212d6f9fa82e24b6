import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { alignmentOf } from './align';
import type { Alignment } from './alignment';
import type { Job } from './context';
import { RequestError, expectFinite } from './errors';
import type { Snapshot } from './history';
import type { Cell, Partner } from './jobs';
import { snapshotAt } from './picture';

const BEST = 5;

/** One cell of an alignment: its cost and mass, both neurons' weights, and the best partners of either. */
export const cell: Job<'cell'> = async (workspace, { key, row, column, halfStep }, { signal }) => {
  const alignment = await alignmentOf(workspace, key, signal);
  checkIndex('row', row, alignment.rows);
  checkIndex('column', column, alignment.columns);
  return alignment.pinned(async () => {
    const lines = await readLines(alignment, row, column);
    const costs = { row: lines.rowCosts, column: lines.columnCosts };
    const common = {
      key,
      row,
      column,
      cost: costs.row[column] ?? Number.NaN,
      rowWeights: lines.rowWeights,
      columnWeights: lines.columnWeights,
    };
    const planned = partners(alignment, { row, column, halfStep }, costs);
    return { ...common, ...planned };
  });
};

function checkIndex(what: string, index: number, size: number): void {
  if (Number.isInteger(index) && index >= 0 && index < size) return;
  throw new RequestError(`cell: expected a ${what} from 0 to ${size - 1}, got ${index}`);
}

type Planned = Pick<Cell, 'halfStep' | 'mass' | 'f' | 'g' | 'epsilon' | 'bestColumns' | 'bestRows'>;

function partners(
  alignment: Alignment,
  at: { row: number; column: number; halfStep: number | undefined },
  costs: { row: Float32Array; column: Float32Array },
): Planned {
  const { plan } = alignment.inputs;
  if (plan === 'entropic') return entropic(snapshotAt(alignment, at.halfStep), at, costs);
  const assignment = alignment.exact?.assignment;
  if (plan === 'permutation' && assignment) {
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

/** n·T_ij = n·exp((f_i + g_j − M_ij)/ε) for the cell's row and column, in float64 from the potentials. */
function entropic(
  { f, g, epsilon, halfStep }: Snapshot,
  { row, column }: { row: number; column: number },
  costs: { row: Float32Array; column: Float32Array },
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

/** The largest values (sign 1) or the smallest (−1), best first, the earlier of equals first. */
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

interface Lines {
  readonly rowCosts: Float32Array;
  readonly columnCosts: Float32Array;
  readonly rowWeights: Float32Array;
  readonly columnWeights: Float32Array;
}

/** Costs are computed again for one row and one column, which needs neither the whole matrix nor all of a band. */
async function readLines({ backend, inputs }: Alignment, row: number, column: number): Promise<Lines> {
  const { a, b } = inputs;
  const scope = new Scope(backend);
  const read = async (tensor: Tensor, what: string): Promise<Float32Array> => {
    const values = await backend.read(scope.own(tensor));
    expectFinite(what, values);
    return values;
  };
  const pick = (x: Tensor, index: number): Tensor =>
    backend.gather(x, scope.own(backend.upload(Uint32Array.of(index), [1], 'u32', 'row index')));
  try {
    const [rowCosts, columnCosts, rowWeights, columnWeights] = await Promise.all([
      read(backend.pairwiseDistance(a, b, row, 1), `cost of row ${row}`),
      read(backend.pairwiseDistance(b, a, column, 1), `cost of column ${column}`),
      read(pick(a, row), `weights of row ${row}`),
      read(pick(b, column), `weights of row ${column}`),
    ]);
    return { rowCosts, columnCosts, rowWeights, columnWeights };
  } finally {
    scope.free();
  }
}
