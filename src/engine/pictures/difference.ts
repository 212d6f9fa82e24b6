import type { Alignment } from '../aligning/alignment';
import { RequestError } from '../jobs/errors';
import { layer, type Layer } from '../plans/layer';
import type { NeuronOrder } from '../jobs';
import { Memory } from '../aligning/memory';
import { indexOrder } from '../neurons/order';
import { PermutationBands } from '../plans/permutation-bands';
import { wholeFrame } from './pixels';
import { pool } from './pool';
import { drawnFrame, type Sight } from './sight';

interface Side {
  readonly alignment: Alignment;
  readonly halfStep?: number;
}

/** The largest magnitude in every row of the difference last drawn, named by what was taken away from what. */
const known = new Memory((): { highs?: { readonly name: string; readonly values: Float32Array } } => ({}));

type Plan = Awaited<ReturnType<typeof planOf>>;

/** Two plans' difference, pooled to what differs most; half-step is the first's. */
export async function difference(
  alignment: Alignment,
  halfStep: number | undefined,
  minus: Side,
  sight: Sight,
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
    const layers = layersOf(plan, taken, places);
    try {
      const [first, second] = layers;
      return await pool(backend, first, frames, { minus: second, scale: rows, signal });
    } finally {
      for (const { free } of layers) free();
    }
  };
  const last = known.of(alignment);
  if (last.highs?.name !== name) {
    const [largest] = await draw(undefined, [{ ...wholeFrame(rows, columns), width: 1 }]);
    last.highs = { name, values: (largest?.max ?? new Float32Array(rows)).map(Math.abs) };
  }
  const [pooled] = await draw(sight.places, [drawnFrame(sight)]);
  if (!pooled) throw new Error('a pass over two matrices ends with its result');
  return { ...pooled, halfStep: plan.halfStep, highs: last.highs.values };
}

/** The potentials, or the permutation, that a plan is formed from. */
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

/** Both in bands of the same rows: those of parts, unless both are cut alike. */
function layersOf(plan: Plan, taken: Plan, places: NeuronOrder | undefined): readonly [Layer, Layer] {
  const alike =
    plan.kind === 'entropic' &&
    taken.kind === 'entropic' &&
    plan.alignment.planCost.bandRows === taken.alignment.planCost.bandRows;
  const shown = alike ? places : (places ?? indexOrder(plan.alignment.rows, plan.alignment.columns));
  const first = layerOf(plan, shown);
  try {
    return [first, layerOf(taken, shown)];
  } catch (error) {
    first.free();
    throw error;
  }
}

function layerOf(side: Plan, places: NeuronOrder | undefined): Layer {
  const { backend, rows, columns, planCost } = side.alignment;
  if (side.kind === 'entropic') return layer(backend, planCost, side.snapshot, places);
  const bands = new PermutationBands(backend, side.assignment, places ?? indexOrder(rows, columns), columns);
  return { bands, free: () => bands.free() };
}
