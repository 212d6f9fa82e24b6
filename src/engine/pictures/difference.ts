import type { Alignment } from '../aligning/alignment';
import { RequestError } from '../jobs/errors';
import { deviceMatrix, type DeviceMatrix } from '../plans/device-matrix';
import type { NeuronOrder } from '../jobs';
import { AlignmentCache } from '../aligning/alignment-cache';
import { indexOrder } from '../neurons/order';
import { PermutationBands } from '../plans/permutation-bands';
import { wholeFrame } from './pixels';
import { pool } from './pool';
import { drawnFrame, type PictureRegion } from './picture-region';

interface Side {
  readonly alignment: Alignment;
  readonly halfStep?: number;
}

/** Row maxima (magnitudes) of the difference last drawn; `name` identifies both plans. */
const known = new AlignmentCache((): { highs?: { name: string; values: Float32Array } } => ({}));

type Plan = Awaited<ReturnType<typeof planOf>>;

/** Draws the difference of two plans, pooled by magnitude. `halfStep` in the result is the first plan's. */
export async function difference(
  alignment: Alignment,
  halfStep: number | undefined,
  minus: Side,
  region: PictureRegion,
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
) {
  const { rows, columns, backend } = alignment;
  const { rows: otherRows, columns: otherColumns } = minus.alignment;
  if (rows !== otherRows || columns !== otherColumns) {
    throw new RequestError(
      `picture: expected two plans of ${rows} × ${columns}, got one of ${otherRows} × ${otherColumns}. Compare the same tensor.`,
    );
  }
  const plan = await planOf(alignment, halfStep, signal, onProgress);
  const taken = await planOf(minus.alignment, minus.halfStep, signal, onProgress);
  const name = JSON.stringify([plan.halfStep, minus.alignment.key, taken.halfStep]);
  const draw = async (places: NeuronOrder | undefined, frames: Parameters<typeof pool>[2]) => {
    const matrices = matricesOf(plan, taken, places);
    try {
      const [first, second] = matrices;
      return await pool(backend, first, frames, { minus: second, scale: rows, signal });
    } finally {
      for (const { free } of matrices) free();
    }
  };
  const last = known.of(alignment);
  if (last.highs?.name !== name) {
    const [largest] = await draw(undefined, [{ ...wholeFrame(rows, columns), width: 1 }]);
    last.highs = { name, values: (largest?.max ?? new Float32Array(rows)).map(Math.abs) };
  }
  const [pooled] = await draw(region.places, [drawnFrame(region)]);
  if (!pooled) throw new Error('a pass over two matrices ends with its result');
  return { ...pooled, halfStep: plan.halfStep, highs: last.highs.values };
}

/** Returns the potentials or the permutation that a plan is formed from. */
async function planOf(
  alignment: Alignment,
  halfStep: number | undefined,
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
) {
  if (alignment.plan === 'none') {
    throw new RequestError('picture: expected two methods with a transport plan, got one without.');
  }
  if (alignment.plan === 'entropic') {
    const snapshot = await alignment.snapshotAt(halfStep, signal);
    return { kind: 'entropic', alignment, snapshot, halfStep: snapshot.halfStep } as const;
  }
  const { assignment } = await alignment.solveExactly(signal, onProgress);
  return { kind: 'permutation', alignment, assignment, halfStep: 0 } as const;
}

/** Returns both plans in bands of equal height; if their own bands differ, in those of a `CostSubmatrix`. */
function matricesOf(plan: Plan, taken: Plan, places: NeuronOrder | undefined): [DeviceMatrix, DeviceMatrix] {
  const alike =
    plan.kind === 'entropic' &&
    taken.kind === 'entropic' &&
    plan.alignment.planCost.bandRows === taken.alignment.planCost.bandRows;
  const shown = alike ? places : (places ?? indexOrder(plan.alignment.rows, plan.alignment.columns));
  const first = matrixOf(plan, shown);
  try {
    return [first, matrixOf(taken, shown)];
  } catch (error) {
    first.free();
    throw error;
  }
}

function matrixOf(side: Plan, places: NeuronOrder | undefined): DeviceMatrix {
  const { backend, rows, columns, planCost } = side.alignment;
  if (side.kind === 'entropic') return deviceMatrix(backend, planCost, side.snapshot, places);
  const bands = new PermutationBands(backend, side.assignment, places ?? indexOrder(rows, columns), columns);
  return { bands, free: () => bands.free() };
}
