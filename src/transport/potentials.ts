import type { Backend, Potentials } from '../backend/operations';

/** Potentials copied off the device; `uploadPotentials` copies them back. */
export interface PotentialsSnapshot {
  readonly f: Float32Array;
  readonly g: Float32Array;
  readonly epsilon: number;
}

/** Copies a snapshot to the device. The caller frees `f` and `g`. */
export function uploadPotentials(backend: Backend, { f, g, epsilon }: PotentialsSnapshot): Potentials {
  return {
    f: backend.countAs('plans', backend.upload(f, [f.length], 'f32', 'row potentials')),
    g: backend.countAs('plans', backend.upload(g, [g.length], 'f32', 'column potentials')),
    epsilon,
  };
}
