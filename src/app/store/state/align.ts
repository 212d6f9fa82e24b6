import type { AlignFrame, AlignResult, JobFailure, Progress } from '../../../engine/jobs';
import type { Against } from '../../../recipe/against';
import type { MethodId } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';

/** Which neurons an alignment compares, and how. */
export interface AlignSubject {
  readonly modelId: number;
  readonly gap: number;
  readonly tensor: TensorName;
  /** The head whose rows are aligned; null for all rows of the tensor. */
  readonly part: number | null;
  readonly against: Against;
  readonly method: MethodId;
  /** The kind of plan the recipe produces. */
  readonly plan: AlignResult['plan'];
  readonly rows: number;
  readonly columns: number;
}

export interface AlignState {
  /** `unpaired`: nothing to align, because the gap is above the last block or the method only reorders blocks. */
  readonly phase: 'idle' | 'forming' | 'ready' | 'stopped' | 'failed' | 'unpaired';
  readonly subject?: AlignSubject | undefined;
  /** `alignmentKey` of what was solved last, or is being solved. */
  readonly asked?: string | undefined;
  /** Identifies the alignment in the engine; known from the first frame on. */
  readonly key?: string | undefined;
  readonly frame?: AlignFrame | undefined;
  /** All frames received so far. */
  readonly trace: readonly AlignFrame[];
  readonly progress?: Progress | undefined;
  readonly result?: AlignResult | undefined;
  readonly failure?: JobFailure | undefined;
  readonly playing: boolean;
  /** The ε under the slider while it is dragged; written to the recipe when the slider is released. */
  readonly trial?: number | undefined;
  /** Sharpness of the plans of finished alignments, by `sharpnessKey`. */
  readonly sharpness: Readonly<Record<string, number>>;
}

export interface WithAlign {
  readonly align: AlignState;
}

export const INITIAL_ALIGN: AlignState = { phase: 'idle', trace: [], playing: false, sharpness: {} };
