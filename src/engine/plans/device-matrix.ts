// Costs and plans as matrices on the device, read off in passes over their bands: entries, sums, costs of pairs, measures.
// Imports of the engine aligning and what aligning imports.

import type { Backend, Potentials } from '../../backend/operations';
import type { Banded } from '../../transport/bands';
import type { CostMatrix } from '../../transport/cost';
import { CostPart } from '../../transport/cost-part';
import { uploadPotentials } from '../../transport/potentials';
import type { Snapshot } from '../aligning/history';
import type { NeuronOrder } from '../jobs';

/** A matrix to be drawn: a cost, or with potentials the plan formed from it. Free it after use. */
export interface DeviceMatrix {
  readonly bands: Banded;
  readonly potentials?: Potentials | undefined;
  free(): void;
}

/** The layer of a plan. */
export interface PlanMatrix extends DeviceMatrix {
  readonly potentials: Potentials;
}

/** The whole of a cost or plan (`places` undefined), or some of its rows and columns in some order. */
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
  const part = places && new CostPart(backend, cost, places.rows, places.columns);
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

/** Values by place instead of by index. */
export const reorder = (values: Float32Array, places: Uint32Array | undefined): Float32Array =>
  places ? Float32Array.from(places, (index) => values[index] ?? Number.NaN) : values;

const reorderPotentials = (snapshot: Snapshot, places: NeuronOrder | undefined): Snapshot => ({
  ...snapshot,
  f: reorder(snapshot.f, places?.rows),
  g: reorder(snapshot.g, places?.columns),
});

/** Column of every place of `places`, as a place; −1 where it is not among them. */
export function reorderAssignment(assignment: Uint32Array, places: NeuronOrder | undefined): Int32Array {
  if (!places) return Int32Array.from(assignment);
  const placeOf = new Map(Array.from(places.columns, (column, place) => [column, place]));
  return Int32Array.from(places.rows, (row) => placeOf.get(assignment[row] ?? -1) ?? -1);
}
