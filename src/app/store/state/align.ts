import type { AlignFrame, AlignResult, JobFailure, Progress } from '../../../engine/jobs';
import type { MethodId } from '../../../recipe/schema';
import type { TensorName } from '../../../recipe/view';

/** What an alignment is of. Two solves of the same subject differ at most in ε, seed and method. */
export interface AlignmentSubject {
  readonly modelId: number;
  readonly gap: number;
  readonly tensor: TensorName;
  /** The head that the rows are of; null: all of the tensor's. */
  readonly part: number | null;
  readonly method: MethodId;
  /** What kind of plan the recipe asks for. */
  readonly plan: AlignResult['plan'];
  readonly rows: number;
  readonly columns: number;
}

export interface AlignState {
  /** `unpaired`: there is nothing to align, above the last block or in a method that only reorders blocks. */
  readonly phase: 'idle' | 'forming' | 'ready' | 'stopped' | 'failed' | 'unpaired';
  readonly subject?: AlignmentSubject | undefined;
  /** Names the alignment in the engine; known from its first frame on. */
  readonly key?: string | undefined;
  readonly frame?: AlignFrame | undefined;
  /** Every frame so far. */
  readonly trace: readonly AlignFrame[];
  readonly progress?: Progress | undefined;
  readonly result?: AlignResult | undefined;
  readonly failure?: JobFailure | undefined;
  readonly playing: boolean;
  /** The ε under the slider while it is held; the recipe takes it over when it is let go. */
  readonly trial?: number | undefined;
  /** Sharpness of the plans of finished alignments, by `sharpnessKey`. */
  readonly sharpness: Readonly<Record<string, number>>;
}

/** A state that has this part. */
export interface WithAlign {
  readonly align: AlignState;
}

export const INITIAL_ALIGN: AlignState = { phase: 'idle', trace: [], playing: false, sharpness: {} };
