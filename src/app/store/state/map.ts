import type { JobFailure, Jobs, Progress } from '../../../engine/jobs';
import type { TensorName } from '../../../recipe/view';

/** Which neurons a map compares: those of all blocks, of the heads of two, or of two blocks or two heads. */
export type MapLevel = Jobs['map']['args']['level'];

export type DistanceMap = Jobs['map']['result'];

interface ShownMap {
  readonly key: string;
  readonly tensor: TensorName;
  readonly level: MapLevel;
  /** Rows and columns before pooling. */
  readonly rows: number;
  readonly result: DistanceMap;
}

export interface MapState {
  readonly phase: 'idle' | 'working' | 'ready' | 'stopped' | 'failed';
  /** The last map that arrived; of another place or tensor until its own is there. */
  readonly shown?: ShownMap | undefined;
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

/** A state that has this part. */
export interface WithMap {
  readonly map: MapState;
}

export const INITIAL_MAP: MapState = { phase: 'idle' };
