import type { Race, Run } from '../../store/state/race';

/** Unit of the x axis: tokens seen, or block passes × tokens by the cost model of method.md 7.5. */
export type RaceUnit = 'tokens' | 'compute';

/** Measures in nats per token: training loss, held-out loss on the new domain, and retention on the old one. */
export const RACE_MEASURES = ['loss', 'heldout', 'retention'] as const;
export type RaceMeasure = (typeof RACE_MEASURES)[number];

export interface RacePoint {
  /** Number of steps done. */
  readonly step: number;
  /** In the requested unit. */
  readonly x: number;
  /** Mean over the seeds with a finite value here; null if there is none, which breaks the line. */
  readonly value: number | null;
  /** Smallest and largest value of those seeds. */
  readonly low: number | null;
  readonly high: number | null;
  /** Number of those seeds. */
  readonly seeds: number;
}

export interface ArmCurves {
  /** `RaceArm.id`; `index` is its index among the race's arms. */
  readonly arm: string;
  readonly title: string;
  readonly index: number;
  /** Position of the arm's last step; 0 if it is not known in this unit. */
  readonly end: number;
  /** The training loss is averaged over the last `SMOOTHING` steps. */
  readonly points: Readonly<Record<RaceMeasure, readonly RacePoint[]>>;
  /** Training loss before averaging. */
  readonly raw: readonly RacePoint[];
}

/** Number of last steps that the training loss is averaged over, because batches differ more than arms. */
export const SMOOTHING = 5;
/** Approximate maximum number of points in a line. More would be closer together than pixels. */
const MAX_POINTS = 300;

/** Values by number of steps done. Values that are not finite stay, to break the line. */
type Values = ReadonlyMap<number, number>;

/**
 * Computes the curves of all arms. A point is the mean over the seeds that have reached its step, so while a later seed runs
 * the points ahead of it have fewer `seeds`. The training loss of a step stands at the number of steps done before it, because
 * it is measured before the step.
 */
export function raceCurves(race: Race, unit: RaceUnit): ArmCurves[] {
  return race.arms.map(({ id, title }, index) => {
    const runs = race.runs.filter(({ arm }) => arm === id);
    const cost = runs.find(({ facts }) => facts !== undefined)?.facts?.stepCost;
    const perStep = unit === 'tokens' ? race.tokensPerStep : cost && cost * race.tokensPerStep;
    return { arm: id, title, index, ...cachedCurves(runs, perStep) };
  });
}

type Curves = Pick<ArmCurves, 'end' | 'points' | 'raw'>;

/** Cached curves of an arm, by its first run, because only the arm in training changes. */
const cache = new WeakMap<Run, { runs: readonly Run[]; perStep: number | undefined; curves: Curves }>();

function cachedCurves(runs: readonly Run[], perStep: number | undefined): Curves {
  const [first] = runs;
  const known = first && cache.get(first);
  if (
    known?.perStep === perStep &&
    known?.runs.length === runs.length &&
    known.runs.every((run, i) => run === runs[i])
  )
    return known.curves;
  const curves = curvesOf(runs, perStep);
  if (first) cache.set(first, { runs, perStep, curves });
  return curves;
}

function curvesOf(runs: readonly Run[], perStep: number | undefined): Curves {
  if (perStep === undefined) return { end: 0, points: { loss: [], heldout: [], retention: [] }, raw: [] };
  const steps = Math.max(0, ...runs.map((run) => run.steps));
  const evaluated = (measure: 'heldout' | 'retention') =>
    meanOverSeeds(
      runs.map(({ evaluations }) => new Map(evaluations.map((at) => [at.step, at[measure] ?? Number.NaN]))),
      perStep,
    );
  const losses = (values: (losses: readonly number[]) => readonly number[]) =>
    meanOverSeeds(
      runs.map((run) => downsample(values(run.losses), steps)),
      perStep,
    );
  return {
    end: steps * perStep,
    points: { loss: losses(movingAverage), heldout: evaluated('heldout'), retention: evaluated('retention') },
    raw: losses((all) => all),
  };
}

/** Mean and range over seeds at every step that any seed has. */
function meanOverSeeds(seeds: readonly Values[], perStep: number): RacePoint[] {
  const steps = [...new Set(seeds.flatMap((values) => [...values.keys()]))].sort((a, b) => a - b);
  return steps.map((step) => {
    const known = seeds.flatMap((values) => {
      const value = values.get(step);
      return value !== undefined && Number.isFinite(value) ? [value] : [];
    });
    const at = { step, x: step * perStep, seeds: known.length };
    if (known.length === 0) return { ...at, value: null, low: null, high: null };
    const value = known.reduce((sum, one) => sum + one, 0) / known.length;
    return { ...at, value, low: Math.min(...known), high: Math.max(...known) };
  });
}

/** Moving average over the last `SMOOTHING` values. A value that is not finite gives NaN and is left out of other averages. */
export function movingAverage(losses: readonly number[]): number[] {
  return losses.map((loss, i) => {
    if (!Number.isFinite(loss)) return Number.NaN;
    const window = losses.slice(Math.max(0, i + 1 - SMOOTHING), i + 1).filter(Number.isFinite);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

/**
 * Keeps every nth value, the last, and values that break the line. n follows from the total number of steps, so that
 * points do not move while new ones arrive.
 */
function downsample(values: readonly number[], steps: number): Values {
  const stride = Math.ceil(Math.max(steps, values.length) / MAX_POINTS);
  const kept = values.flatMap((value, i) =>
    i % stride === 0 || i === values.length - 1 || !Number.isFinite(value) ? [[i, value] as const] : [],
  );
  return new Map(kept);
}

/**
 * Returns the point with a value that is nearest to `x`. Undefined if `x` is further outside the curve than half the mean
 * distance of two points.
 */
export function nearestPoint(points: readonly RacePoint[], x: number): RacePoint | undefined {
  const known = points.filter(({ value }) => value !== null);
  const [first, last] = [known.at(0), known.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const reach = known.length > 1 ? (0.51 * (last.x - first.x)) / (known.length - 1) : 0;
  if (x < first.x - reach || x > last.x + reach) return undefined;
  return known.reduce((best, point) => (Math.abs(point.x - x) < Math.abs(best.x - x) ? point : best));
}
