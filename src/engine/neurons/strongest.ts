import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import type { Job } from '../workspace/context';
import { entries } from '../plans/entries';
import { RequestError, expectFinite } from '../jobs/errors';
import type { Snapshot } from '../aligning/history';
import type { Strongest } from '../jobs';
import { nearestColumns } from '../aligning/nearest';
import { descendingOrder, indexOrder } from './order';
import { pairCosts } from '../plans/pair-costs';
import { sumsOf } from '../plans/plan-sums';
import type { StrongestRequest } from '../jobs';

const MAX_PAIRS = 4096;

interface Pair {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

type Signal = AbortSignal | undefined;

/** Finds the pairs with the most mass, or without a plan the least cost: of all pairs, one row or one column. */
export const strongest: Job<'strongest'> = async (workspace, request, { signal }): Promise<Strongest> => {
  const alignment = await alignmentOf(workspace, request.key, signal);
  check(alignment, request);
  const pairs = await alignment.pinned(async () => {
    if (alignment.plan === 'permutation') return assignedPairs(alignment, request, signal);
    const snapshot =
      alignment.plan === 'entropic' ? await alignment.snapshotAt(request.halfStep, signal) : undefined;
    return strongestPairs(alignment, snapshot, request, signal);
  });
  const values = Float32Array.from(pairs, ({ value }) => value);
  expectFinite('the strongest pairs', values);
  return {
    rows: Uint32Array.from(pairs, ({ row }) => row),
    columns: Uint32Array.from(pairs, ({ column }) => column),
    values,
  };
};

/** Returns the pairs of a permutation by rising cost, because all have mass 1. */
async function assignedPairs(
  alignment: Alignment,
  { count, row, column }: StrongestRequest,
  signal: Signal,
): Promise<Pair[]> {
  const { assignment } = await alignment.solveExactly(signal);
  const costs = await pairCosts(alignment.backend, alignment.cost, assignment, signal);
  return Array.from(descendingOrder(costs.map((cost) => -cost)))
    .filter((i) => (row ?? i) === i && (column ?? assignment[i]) === assignment[i])
    .slice(0, count)
    .map((i) => ({ row: i, column: assignment[i] ?? 0, value: 1 }));
}

async function strongestPairs(
  alignment: Alignment,
  snapshot: Snapshot | undefined,
  { count, row, column }: StrongestRequest,
  signal: Signal,
): Promise<Pair[]> {
  const all = indexOrder(alignment.rows, alignment.columns);
  const rows =
    row !== undefined
      ? Uint32Array.of(row)
      : column !== undefined
        ? all.rows
        : await rowsOfStrongest(alignment, snapshot, count, signal);
  const columns = column === undefined ? all.columns : Uint32Array.of(column);
  const sign = snapshot ? 1 : -1;
  const scale = snapshot ? alignment.rows : 1;
  let pairs: Pair[] = [];
  let least = -Infinity;
  const byStrength = (x: Pair, y: Pair): number =>
    sign * (y.value - x.value) || x.row - y.row || x.column - y.column;
  for await (const { rowStart, values } of entries(alignment, snapshot, { rows, columns }, signal)) {
    for (const [at, entry] of values.entries()) {
      const value = entry * scale;
      if (sign * value < least) continue;
      pairs.push({
        row: rows[rowStart + Math.floor(at / columns.length)] ?? 0,
        column: columns[at % columns.length] ?? 0,
        value,
      });
      if (pairs.length < 2 * count + 1024) continue;
      pairs = pairs.sort(byStrength).slice(0, count);
      least = sign * (pairs.at(-1)?.value ?? Number.NaN);
    }
  }
  return pairs.sort(byStrength).slice(0, count);
}

/**
 * Returns rows that contain the `count` strongest entries: those `count` rows whose best entries are strongest. Ascending,
 * so that ties keep the earlier rows first.
 */
async function rowsOfStrongest(
  alignment: Alignment,
  snapshot: Snapshot | undefined,
  count: number,
  signal: Signal,
): Promise<Uint32Array> {
  const best = snapshot
    ? (await sumsOf(alignment, snapshot, signal)).peaks
    : (await nearestColumns(alignment, signal)).costs.map((cost) => -cost);
  return descendingOrder(best).slice(0, count).sort();
}

function check({ rows, columns }: Alignment, { count, row, column }: StrongestRequest): void {
  if (!(Number.isInteger(count) && count >= 1 && count <= MAX_PAIRS))
    throw new RequestError(`strongest: expected 1 to ${MAX_PAIRS} pairs, got ${count}`);
  for (const [what, index, size] of [
    ['row', row, rows],
    ['column', column, columns],
  ] as const) {
    if (index === undefined || (Number.isInteger(index) && index >= 0 && index < size)) continue;
    throw new RequestError(`strongest: expected a ${what} from 0 to ${size - 1}, got ${index}`);
  }
}
