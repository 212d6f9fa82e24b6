import type { StepTimes } from '../../../engine/jobs';
import type { Race } from '../../store/state/race';

/** Time of one training step of an arm, in milliseconds. */
export interface ArmTimes {
  readonly arm: string;
  readonly title: string;
  /** Means over the seeds with measured times; undefined before the first. */
  readonly measured: (StepTimes & { readonly all: number }) | undefined;
  /** The reference arm's time × this arm's cost ÷ the reference's, by the cost model of method.md 7.5. */
  readonly predicted: number | undefined;
}

/** Measured and predicted time of a step, for each arm. */
export function armTimes(race: Race): ArmTimes[] {
  const known = race.arms.map(({ id, title }) => {
    const facts = race.runs.flatMap((run) => (run.arm === id && run.facts ? [run.facts] : []));
    const times = facts.flatMap(({ stepMs }) => stepMs ?? []);
    const mean = (part: keyof StepTimes) => times.reduce((sum, at) => sum + at[part], 0) / times.length;
    const [forward, backward, optimizer] = [mean('forward'), mean('backward'), mean('optimizer')];
    const all = forward + backward + optimizer;
    const measured = times.length === 0 ? undefined : { forward, backward, optimizer, all };
    return { arm: id, title, measured, cost: facts.at(0)?.stepCost };
  });
  const reference = known.find(({ arm }) => arm === race.reference);
  const perCost = reference?.measured && reference.cost && reference.measured.all / reference.cost;
  return known.map(({ cost, ...arm }) => ({
    ...arm,
    predicted: perCost === undefined || cost === undefined ? undefined : perCost * cost,
  }));
}
