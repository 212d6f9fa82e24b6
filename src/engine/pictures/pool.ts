import type { Backend, CostBand } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { visitBands } from '../../transport/bands';
import type { DeviceMatrix } from '../plans/device-matrix';
import type { Frame } from './pixels';

export interface Pooled {
  readonly max: Float32Array;
  readonly mean: Float32Array;
}

interface PoolOptions {
  /** Matrix to subtract. */
  readonly minus?: DeviceMatrix | undefined;
  /** Multiplies all values. */
  readonly scale?: number;
  /** Called with every band of the pass. */
  readonly onBand?: ((band: CostBand) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Pools a matrix to each of the frames, in one pass over its bands. */
export async function pool(
  backend: Backend,
  { bands, potentials }: DeviceMatrix,
  frames: readonly Frame[],
  { minus, scale = 1, onBand, signal }: PoolOptions,
): Promise<Pooled[]> {
  const scope = new Scope(backend);
  try {
    const targets = frames.map(({ height, width }) =>
      scope.own(backend.zeros([height, width, 2], 'picture')),
    );
    const visit = async (band: CostBand, other: CostBand | undefined): Promise<void> => {
      const taken = minus && other ? { cost: other.cost, potentials: minus.potentials } : undefined;
      for (const [i, { window }] of frames.entries()) {
        const into = targets[i];
        if (into) backend.picture(band, potentials, window, into, taken);
      }
      await onBand?.(band);
    };
    await visitBands(backend, bands, minus?.bands, visit, signal);
    const pooled: Pooled[] = [];
    for (const target of targets) pooled.push(split(await backend.read(target), scale));
    return pooled;
  } finally {
    scope.free();
  }
}

function split(values: Float32Array, scale: number): Pooled {
  const max = new Float32Array(values.length / 2);
  const mean = new Float32Array(values.length / 2);
  for (let i = 0; i < max.length; i++) {
    max[i] = (values[2 * i] ?? Number.NaN) * scale;
    mean[i] = (values[2 * i + 1] ?? Number.NaN) * scale;
  }
  return { max, mean };
}
