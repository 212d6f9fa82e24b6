/** What a plan was worth after a half-step. */
export interface CurvePoint {
  readonly halfStep: number;
  /** Σ T·M. */
  readonly transportCost: number;
  readonly planPerplexity: number;
}

export interface CurvesState {
  /** The alignment that the points are of. */
  readonly key?: string | undefined;
  /** By ascending half-step. */
  readonly points: readonly CurvePoint[];
}

/** A state that has this part. */
export interface WithCurves {
  readonly curves: CurvesState;
}

export const INITIAL_CURVES: CurvesState = { points: [] };
