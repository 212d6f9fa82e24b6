/** Quality of the plan after a half-step. */
export interface CurvePoint {
  readonly halfStep: number;
  /** Σ T·M. */
  readonly transportCost: number;
  readonly planPerplexity: number;
}

export interface CurvesState {
  /** Key of the alignment the points belong to. */
  readonly key?: string | undefined;
  /** Sorted by half-step. */
  readonly points: readonly CurvePoint[];
}

export interface WithCurves {
  readonly curves: CurvesState;
}

export const INITIAL_CURVES: CurvesState = { points: [] };
