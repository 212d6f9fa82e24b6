// Costs and plans as matrices on the device, and what is read from them band by band: entries, sums, costs of pairs, measures.
// Of the engine this room imports aligning and the rooms that aligning imports.

import type { Backend, Potentials } from '../../backend/operations';
import type { BandedMatrix } from '../../transport/bands';
import type { CostMatrix } from '../../transport/cost';
import { CostSubmatrix } from '../../transport/cost-submatrix';
import { uploadPotentials } from '../../transport/potentials';
import type { Snapshot } from '../aligning/history';
import type { NeuronOrder } from '../jobs';

/** A matrix on the device: a cost, or with potentials the plan formed from it. Owned by the caller, who frees it. */
export interface DeviceMatrix {
  readonly bands: BandedMatrix;
  readonly potentials?: Potentials | undefined;
  free(): void;
}

/** A plan on the device. */
export interface PlanMatrix extends DeviceMatrix {
  readonly potentials: Potentials;
}

/** Returns a cost or plan: all of it (`places` undefined), or the rows and columns of `places` in their order. */
export function deviceMatrix(
  backend: Backend,
  cost: CostMatrix,
  snapshot: Snapshot,
  places: NeuronOrder | undefined,
): PlanMatrix;
export function deviceMatrix(
  backend: Backend,
  cost: CostMatrix,
  snapshot: Snapshot | undefined,
  places: NeuronOrder | undefined,
): DeviceMatrix;
export function deviceMatrix(
  backend: Backend,
  cost: CostMatrix,
  snapshot: Snapshot | undefined,
  places: NeuronOrder | undefined,
): DeviceMatrix {
  const part = places && new CostSubmatrix(backend, cost, places.rows, places.columns);
  try {
    const potentials = snapshot && uploadPotentials(backend, reorderPotentials(snapshot, places));
    const free = (): void => {
      if (potentials) backend.free(potentials.f, potentials.g);
      part?.free();
    };
    return { bands: part ?? cost, potentials, free };
  } catch (error) {
    part?.free();
    throw error;
  }
}

/** Returns values in the order of `places` instead of by index. */
export const reorder = (values: Float32Array, places: Uint32Array | undefined): Float32Array =>
  places ? Float32Array.from(places, (index) => values[index] ?? Number.NaN) : values;

const reorderPotentials = (snapshot: Snapshot, places: NeuronOrder | undefined): Snapshot => ({
  ...snapshot,
  f: reorder(snapshot.f, places?.rows),
  g: reorder(snapshot.g, places?.columns),
});

/** Returns an assignment from places to places; −1 if the column is not in `places`. */
export function reorderAssignment(assignment: Uint32Array, places: NeuronOrder | undefined): Int32Array {
  if (!places) return Int32Array.from(assignment);
  const placeOf = new Map(Array.from(places.columns, (column, place) => [column, place]));
  return Int32Array.from(places.rows, (row) => placeOf.get(assignment[row] ?? -1) ?? -1);
}
