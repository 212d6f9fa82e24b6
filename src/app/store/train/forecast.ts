import type { ArmPlan, TrainingPlan, TrainingSpeed } from '../../../engine/jobs';
import { tellingErrors } from '../../../engine/summary';

/** Evaluations of a run, those before its first and after its last step included, where there is time. */
const EVALUATIONS = 6;
/** Of the time there is, at most this share goes into evaluations, as long as those at both ends fit. */
const MAX_EVALUATION_SHARE = 1 / 3;
/** Fewer steps than these hardly move a new block. */
const MIN_USEFUL_STEPS = 20;

export interface RacePlan {
  readonly plan: TrainingPlan;
  readonly speed: TrainingSpeed;
  readonly seeds: number;
  readonly budget: 'tokens' | 'compute';
  /** Steps on pairs that every arm does after those on text. */
  readonly tuningSteps: number;
  /** Index of the arm whose steps are counted when all get as much compute. */
  readonly reference: number;
}

/** Steps of every arm when the reference does `steps`; as many for all, or as much compute. */
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

/** Evaluations of every run: as many as there is time for. */
export function evaluationCount(minutes: number | null, { plan, speed, seeds }: RacePlan): number {
  if (minutes === null) return EVALUATIONS;
  const each = plan.measured * speed.evaluationMsPerToken * plan.arms.length * seeds;
  const fitting = Math.floor((MAX_EVALUATION_SHARE * minutes * 60_000) / Math.max(1e-9, each));
  return Math.max(2, Math.min(EVALUATIONS, fitting));
}

/** Milliseconds that a race takes by what was measured and the cost model; making the new blocks comes on top. */
export function raceMs(steps: readonly number[], evaluations: number, racePlan: RacePlan): number {
  const { plan, speed, seeds, tuningSteps } = racePlan;
  const stepMs = speed.stepMs.forward + speed.stepMs.backward + speed.stepMs.optimizer;
  return plan.arms.reduce((sum, arm, i) => {
    const cost = armPlan(arm)?.stepCost ?? 0;
    const training = ((steps[i] ?? 0) + tuningSteps) * stepMs * (cost / speed.stepCost);
    return sum + seeds * (training + evaluations * plan.measured * speed.evaluationMsPerToken);
  }, 0);
}

/** The most steps of the reference that fit into some minutes; at least 1. */
export function stepsInTime(minutes: number, racePlan: RacePlan): number {
  const many = 1000;
  const evaluations = evaluationCount(minutes, racePlan);
  const idle = raceMs(armSteps(0, racePlan), evaluations, racePlan);
  const perStep = (raceMs(armSteps(many, racePlan), evaluations, racePlan) - idle) / many;
  return Math.max(1, Math.min(1e6, Math.floor((minutes * 60_000 - idle) / perStep)));
}

/** What a race of so many steps and seeds can tell. */
export function precisionText(steps: number, seeds: number, tokens: number): string {
  const told =
    seeds === 1
      ? 'With one seed the spread is not known, so no difference between arms can be told from chance'
      : `With ${seeds} seeds a difference counts from ${tellingErrors(seeds).toFixed(1)} of its standard errors on`;
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

/** Bytes on the device while arms of one seed train in turn: what each holds, and what one needs while it computes. */
export function groupBytes(arms: readonly ArmPlan[]): number {
  const kept = arms.reduce((sum, { memory }) => sum + persistentBytes(memory), 0);
  const passing = Math.max(0, ...arms.map(({ memory }) => memory.activations + memory.working));
  return Math.max(0, ...arms.map(({ memory }) => memory.frozen)) + kept + passing;
}

/** Bytes an arm holds for as long as it is on the device. */
export const persistentBytes = ({
  parameters,
  gradients,
  moments,
}: Pick<ArmPlan['memory'], 'parameters' | 'gradients' | 'moments'>): number =>
  parameters + gradients + moments;

const armPlan = (arm: TrainingPlan['arms'][number] | undefined): ArmPlan | undefined =>
  arm && 'memory' in arm ? arm : undefined;
