import type { JobFailure, Jobs, Progress } from '../../../engine/jobs';
import type { TensorName } from '../../../recipe/view';

/** What a map compares: all blocks, the heads of two blocks, or the neurons of two blocks or two heads. */
export type MapLevel = Jobs['map']['args']['level'];

export type DistanceMap = Jobs['map']['result'];

interface ShownMap {
  readonly key: string;
  readonly tensor: TensorName;
  readonly level: MapLevel;
  /** Number of rows, and of columns, before pooling. */
  readonly rows: number;
  readonly result: DistanceMap;
}

export interface MapState {
  readonly phase: 'idle' | 'working' | 'ready' | 'stopped' | 'failed';
  /** The latest map received. After a change it stays on show until the new map arrives. */
  readonly shown?: ShownMap | undefined;
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

export interface WithMap {
  readonly map: MapState;
}

export const INITIAL_MAP: MapState = { phase: 'idle' };
