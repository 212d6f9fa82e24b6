import type { ArmPlan, TrainingPlan, TrainingSpeed } from '../../../engine/jobs';
import { criticalT } from '../../../engine/summary';

/** Maximum evaluations of a run, including those before the first and after the last step. */
const EVALUATIONS = 6;
/** Maximum share of the time for evaluations; the two at start and end are always made. */
const MAX_EVALUATION_SHARE = 1 / 3;
/** Fewer steps than these hardly move a new block. */
const MIN_USEFUL_STEPS = 20;

export interface RacePlan {
  readonly plan: TrainingPlan;
  readonly speed: TrainingSpeed;
  readonly seeds: number;
  readonly budget: 'tokens' | 'compute';
  /** Steps on pairs that each arm trains after those on text. */
  readonly tuningSteps: number;
  /** How often each arm is measured, by choice; null: as often as the time allows. */
  readonly measurements: number | null;
  /** Index of the reference arm, whose steps define the compute of all arms. */
  readonly reference: number;
}

/** Steps of each arm if the reference does `steps`: the same number, or the same compute. */
export function armSteps(
  steps: number,
  { plan, budget, reference }: Pick<RacePlan, 'plan' | 'budget' | 'reference'>,
): number[] {
  const of = armPlan(plan.arms[reference]);
  return plan.arms.map((arm) => {
    const own = armPlan(arm);
    const share = budget === 'compute' && of && own ? of.stepCost / own.stepCost : 1;
    return steps === 0 ? 0 : Math.max(1, Math.round(steps * share));
  });
}

/** Evaluations of each run: the chosen number, or as many as fit into the time. */
export function evaluationCount(
  minutes: number | null,
  { plan, speed, seeds, measurements }: RacePlan,
): number {
  if (measurements !== null) return measurements;
  if (minutes === null) return EVALUATIONS;
  const each = plan.measured * speed.evaluationMsPerToken * plan.arms.length * seeds;
  const fitting = Math.floor((MAX_EVALUATION_SHARE * minutes * 60_000) / Math.max(1e-9, each));
  return Math.max(2, Math.min(EVALUATIONS, fitting));
}

/** Steps between two evaluations of a run of so many steps. */
export const stepsBetween = (steps: number, evaluations: number): number =>
  Math.max(1, Math.ceil(steps / Math.max(1, evaluations - 1)));

/** Estimated duration of a race in ms, from the measured speed and the cost model, without building the new blocks. */
export function raceMs(steps: readonly number[], evaluations: number, racePlan: RacePlan): number {
  const { plan, speed, seeds, tuningSteps } = racePlan;
  const stepMs = speed.stepMs.forward + speed.stepMs.backward + speed.stepMs.optimizer;
  return plan.arms.reduce((sum, arm, i) => {
    const cost = armPlan(arm)?.stepCost ?? 0;
    const training = ((steps[i] ?? 0) + tuningSteps) * stepMs * (cost / speed.stepCost);
    return sum + seeds * (training + evaluations * plan.measured * speed.evaluationMsPerToken);
  }, 0);
}

/** Maximum steps of the reference that fit into the time; at least 1. */
export function stepsInTime(minutes: number, racePlan: RacePlan): number {
  const many = 1000;
  const evaluations = evaluationCount(minutes, racePlan);
  const idle = raceMs(armSteps(0, racePlan), evaluations, racePlan);
  const perStep = (raceMs(armSteps(many, racePlan), evaluations, racePlan) - idle) / many;
  return Math.max(1, Math.min(1e6, Math.floor((minutes * 60_000 - idle) / Math.max(1e-9, perStep))));
}

/** Says how precise a race of so many steps and seeds can be. */
export function precisionText(steps: number, seeds: number, tokens: number): string {
  const told =
    seeds === 1
      ? 'With one seed the spread is not known, so no difference between arms can be told from chance'
      : `With ${seeds} seeds a difference counts from ${criticalT(seeds).toFixed(1)} of its standard errors on`;
  const few = steps < MIN_USEFUL_STEPS ? `; ${steps} steps hardly move a new block, give it more time` : '';
  return `${told}${few}. Each arm sees ${tokens.toLocaleString('en-GB')} tokens.`;
}

/** `4 s`, `12 min`, `1 h 20 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${Math.max(1, seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Device bytes while the arms of one seed train in turn: what every arm holds, and what the active one adds. */
export function groupBytes(arms: readonly ArmPlan[]): number {
  const kept = arms.reduce((sum, { memory }) => sum + persistentBytes(memory), 0);
  const passing = Math.max(0, ...arms.map(({ memory }) => memory.activations + memory.working));
  return Math.max(0, ...arms.map(({ memory }) => memory.frozen)) + kept + passing;
}

/** Device bytes an arm holds even when it is not active. */
export const persistentBytes = ({
  parameters,
  gradients,
  moments,
}: Pick<ArmPlan['memory'], 'parameters' | 'gradients' | 'moments'>): number =>
  parameters + gradients + moments;

const armPlan = (arm: TrainingPlan['arms'][number] | undefined): ArmPlan | undefined =>
  arm && 'memory' in arm ? arm : undefined;
