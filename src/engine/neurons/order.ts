import { Scope } from '../../backend/scope';
import { ORDERS, type OrderName } from '../../recipe/view';
import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import type { Job } from '../workspace/context';
import { RequestError } from '../jobs/errors';
import type { NeuronOrder } from '../jobs';
import { AlignmentCache } from '../aligning/alignment-cache';
import { nearestColumns } from '../aligning/nearest';
import { pairCosts } from '../plans/pair-costs';
import { clusterOrder } from './seriation';

/** Orders of an alignment by name. */
const known = new AlignmentCache(() => new Map<OrderName, NeuronOrder>());

/** Returns the index of the neuron at each place of an order. */
export const order: Job<'order'> = async (workspace, request, { signal }) => {
  const alignment = await alignmentOf(workspace, request.key, signal);
  const { rows, columns } = await alignment.pinned(() => orderOf(alignment, request.order, signal));
  return { rows: rows.slice(), columns: columns.slice() };
};

/**
 * Returns an order of an alignment's neurons. Orders of a finished alignment are cached, even if better partners become known
 * later, because labels and pictures must agree.
 */
export async function orderOf(
  alignment: Alignment,
  name: OrderName,
  signal: AbortSignal | undefined,
): Promise<NeuronOrder> {
  if (!ORDERS.includes(name))
    throw new RequestError(`order: expected one of ${ORDERS.join(', ')}, got ${name}`);
  const { rows, columns, result } = alignment;
  if (name === 'index') return indexOrder(rows, columns);
  const orders = known.of(alignment);
  const held = orders.get(name);
  if (held) return held;
  const found =
    name === 'matched'
      ? await matchedOrder(alignment, signal)
      : name === 'norm'
        ? await normOrder(alignment)
        : await clusterOrder(alignment.backend, alignment.cost, signal);
  // Before the result there are only costs to match by, so that order is not cached.
  if (result || name !== 'matched') orders.set(name, found);
  return found;
}

export const indexOrder = (rows: number, columns: number): NeuronOrder => ({
  rows: Uint32Array.from({ length: rows }, (_, i) => i),
  columns: Uint32Array.from({ length: columns }, (_, j) => j),
});

/**
 * Puts matched pairs at the same place, by falling mass or without a plan by rising cost. Pairs come from the exact
 * assignment if it was computed, else from the best column of every row; each column goes to its strongest row. Unmatched
 * rows and columns come last, by index.
 */
async function matchedOrder(alignment: Alignment, signal: AbortSignal | undefined): Promise<NeuronOrder> {
  const { result, exact, rows, columns, planCost, plan } = alignment;
  const partner = exact?.assignment ?? result?.argmax ?? (await nearestColumns(alignment, signal)).columns;
  const costs = await pairCosts(alignment.backend, planCost, partner, signal);
  const snapshot = result && plan === 'entropic' ? await alignment.snapshotAt(undefined, signal) : undefined;
  const strength = Float64Array.from(costs, (cost, row) =>
    snapshot
      ? ((snapshot.f[row] ?? 0) + (snapshot.g[partner[row] ?? 0] ?? 0) - cost) / snapshot.epsilon
      : -cost,
  );
  const byStrength = descendingOrder(strength);
  const [matchedRows, matchedColumns]: [number[], number[]] = [[], []];
  const [rowTaken, columnTaken] = [new Uint8Array(rows), new Uint8Array(columns)];
  for (const row of byStrength) {
    const column = partner[row] ?? columns;
    if (column >= columns || columnTaken[column] === 1) continue;
    rowTaken[row] = 1;
    columnTaken[column] = 1;
    matchedRows.push(row);
    matchedColumns.push(column);
  }
  const left = (taken: Uint8Array): number[] => Array.from(taken.keys()).filter((i) => taken[i] === 0);
  return {
    rows: Uint32Array.from([...matchedRows, ...left(rowTaken)]),
    columns: Uint32Array.from([...matchedColumns, ...left(columnTaken)]),
  };
}

/** Orders neurons by falling norm of the compared weights. */
async function normOrder({ backend, inputs }: Alignment): Promise<NeuronOrder> {
  const { a, b } = inputs;
  const scope = new Scope(backend);
  try {
    const origin = scope.own(backend.zeros([1, a.shape[1] ?? 1], 'origin'));
    const norms = async (x: typeof a): Promise<Float32Array> =>
      backend.read(scope.own(backend.pairwiseDistance(x, origin, 0, x.shape[0] ?? 1)));
    return { rows: descendingOrder(await norms(a)), columns: descendingOrder(await norms(b)) };
  } finally {
    scope.free();
  }
}

/** Returns indices by falling value; ties by index. */
export const descendingOrder = (values: Float32Array | Float64Array): Uint32Array =>
  Uint32Array.from(values.keys()).sort((i, j) => (values[j] ?? 0) - (values[i] ?? 0) || i - j);
