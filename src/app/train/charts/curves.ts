import type { Race, Run } from '../../store/state/race';

/** What a race is drawn over: tokens seen, or block passes × tokens by the cost model of method.md 7.5. */
export type RaceUnit = 'tokens' | 'compute';

/** What is drawn, in nats per token: training loss, held-out loss on the new domain, and on the old one. */
export const RACE_MEASURES = ['loss', 'heldout', 'retention'] as const;
export type RaceMeasure = (typeof RACE_MEASURES)[number];

export interface RacePoint {
  /** Steps done. */
  readonly step: number;
  /** In the unit asked for. */
  readonly x: number;
  /** Mean over the seeds that have a finite value here; null where none has, which breaks the line. */
  readonly value: number | null;
  /** Least and largest over those seeds. */
  readonly low: number | null;
  readonly high: number | null;
  /** How many they are. */
  readonly seeds: number;
}

export interface ArmCurves {
  /** `RaceArm.id`, and its place among the race's arms. */
  readonly arm: string;
  readonly title: string;
  readonly index: number;
  /** Where the arm will have ended; 0 where that is not known in this unit. */
  readonly end: number;
  /** The training loss is a trailing mean over `SMOOTHING` steps. */
  readonly points: Readonly<Record<RaceMeasure, readonly RacePoint[]>>;
  /** The training loss as it came. */
  readonly raw: readonly RacePoint[];
}

/** Steps that a training loss is averaged over, those before it included: batches differ more than arms do. */
export const SMOOTHING = 5;
/** Points of a line at most, about: more than that are closer than pixels. */
const POINTS = 300;

/** Values by steps done. Those that are not finite are kept: they break the line. */
type Values = ReadonlyMap<number, number>;

/**
 * Curves of every arm. Over seeds they are the mean of those that have come as far as a step so far: while a later seed still
 * runs, a curve ahead of it is of fewer seeds than behind it, and `seeds` says of how many. A step's training loss stands at
 * the steps done before it, as it is measured before the step.
 */
export function raceCurves(race: Race, unit: RaceUnit): ArmCurves[] {
  return race.arms.map(({ id, title }, index) => {
    const runs = race.runs.filter(({ arm }) => arm === id);
    const cost = runs.find(({ facts }) => facts !== undefined)?.facts?.stepCost;
    const perStep = unit === 'tokens' ? race.tokensPerStep : cost && cost * race.tokensPerStep;
    return { arm: id, title, index, ...remembered(runs, perStep) };
  });
}

type Drawn = Pick<ArmCurves, 'end' | 'points' | 'raw'>;

/** The last curves of an arm, by its first run: of all arms only the one that runs has new ones. */
const memory = new WeakMap<Run, { runs: readonly Run[]; perStep: number | undefined; drawn: Drawn }>();

function remembered(runs: readonly Run[], perStep: number | undefined): Drawn {
  const [first] = runs;
  const known = first && memory.get(first);
  if (
    known?.perStep === perStep &&
    known?.runs.length === runs.length &&
    known.runs.every((run, i) => run === runs[i])
  )
    return known.drawn;
  const drawn = curvesOf(runs, perStep);
  if (first) memory.set(first, { runs, perStep, drawn });
  return drawn;
}

function curvesOf(runs: readonly Run[], perStep: number | undefined): Drawn {
  if (perStep === undefined) return { end: 0, points: { loss: [], heldout: [], retention: [] }, raw: [] };
  const steps = Math.max(0, ...runs.map((run) => run.steps));
  const evaluated = (measure: 'heldout' | 'retention') =>
    merged(
      runs.map(({ evaluations }) => new Map(evaluations.map((at) => [at.step, at[measure] ?? Number.NaN]))),
      perStep,
    );
  const losses = (values: (losses: readonly number[]) => readonly number[]) =>
    merged(
      runs.map((run) => thinned(values(run.losses), steps)),
      perStep,
    );
  return {
    end: steps * perStep,
    points: { loss: losses(smoothed), heldout: evaluated('heldout'), retention: evaluated('retention') },
    raw: losses((all) => all),
  };
}

/** Mean and range over seeds at every step that any of them has. */
function merged(seeds: readonly Values[], perStep: number): RacePoint[] {
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

/** Each value averaged with those before it; one that is not finite stays so, and takes no part in others. */
export function smoothed(losses: readonly number[]): number[] {
  return losses.map((loss, i) => {
    if (!Number.isFinite(loss)) return Number.NaN;
    const window = losses.slice(Math.max(0, i + 1 - SMOOTHING), i + 1).filter(Number.isFinite);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

/**
 * Every nth value, the last, and those that break the line. The n follows from the steps in all, not from those
 * done, so that what is drawn stays where it is while more is added.
 */
function thinned(values: readonly number[], steps: number): Values {
  const stride = Math.ceil(Math.max(steps, values.length) / POINTS);
  const kept = values.flatMap((value, i) =>
    i % stride === 0 || i === values.length - 1 || !Number.isFinite(value) ? [[i, value] as const] : [],
  );
  return new Map(kept);
}

/**
 * The point nearest to a place that has a value; none past the ends of the curve by more than half the way between two of
 * its points.
 */
export function pointNear(points: readonly RacePoint[], x: number): RacePoint | undefined {
  const known = points.filter(({ value }) => value !== null);
  const [first, last] = [known.at(0), known.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const reach = known.length > 1 ? (0.51 * (last.x - first.x)) / (known.length - 1) : 0;
  if (x < first.x - reach || x > last.x + reach) return undefined;
  return known.reduce((best, point) => (Math.abs(point.x - x) < Math.abs(best.x - x) ? point : best));
}
