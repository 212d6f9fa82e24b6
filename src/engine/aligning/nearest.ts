import { PLAN_ROW, PLAN_ROW_WIDTH } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { Alignment } from './alignment';

/** Returns the column of least cost in every row (the first if equal), and that cost. */
export async function nearestColumns(
  { backend, cost, rows, columns }: Pick<Alignment, 'backend' | 'cost' | 'rows' | 'columns'>,
  signal: AbortSignal | undefined,
): Promise<{ columns: Uint32Array; costs: Float32Array }> {
  const nearest = { columns: new Uint32Array(rows), costs: new Float32Array(rows) };
  const scope = new Scope(backend);
  try {
    // With ε = 1 and zero potentials the largest entry of exp(−M) is the least cost.
    const f = scope.own(backend.zeros([rows], 'zero potentials'));
    const g = scope.own(backend.zeros([columns], 'zero potentials'));
    await cost.forEach(async (band) => {
      const measured = scope.own(backend.planRows(band, { f, g, epsilon: 1 }));
      const values = await backend.read(measured);
      scope.free(measured);
      for (let row = 0; row < band.rows; row++) {
        const at = row * PLAN_ROW_WIDTH;
        nearest.columns[band.rowStart + row] = values[at + PLAN_ROW.argmax] ?? 0;
        nearest.costs[band.rowStart + row] = -(values[at + PLAN_ROW.peak] ?? Number.NaN);
      }
    }, signal);
    return nearest;
  } finally {
    scope.free();
  }
}
