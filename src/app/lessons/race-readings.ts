import type { RunReading } from '../../lessons/readings';
import type { AppState } from '../store/app';
import type { Race, Run } from '../store/state/race';
import { backwardBlocks } from './arm-readings';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean over the runs; undefined unless every run has a value. */
function meanOf(runs: readonly Run[], of: (run: Run) => number | null | undefined): number | undefined {
  const values = runs.map(of);
  const known = values.filter((value) => typeof value === 'number');
  return known.length === 0 || known.length < values.length ? undefined : mean(known);
}

/** The held-out loss at the last evaluation of the first half of the steps; undefined before the run is half done. */
function halfway({ evaluations, losses, steps }: Run): number | null | undefined {
  if (losses.length < steps / 2) return undefined;
  const last = evaluations.findLast(({ step }) => step <= Math.round(steps / 2));
  return last === undefined || last.step === 0 ? undefined : last.heldout;
}

const atEnd = ({ status, evaluations }: Run) => (status === 'done' ? evaluations.at(-1) : undefined);

const MEASURES: Readonly<Record<RunReading, (runs: readonly Run[]) => number | undefined>> = {
  start: (runs) => meanOf(runs, ({ evaluations }) => evaluations[0]?.heldout),
  early: (runs) => meanOf(runs, ({ evaluations }) => evaluations.find(({ step }) => step > 0)?.heldout),
  half: (runs) => meanOf(runs, halfway),
  end: (runs) => meanOf(runs, (run) => atEnd(run)?.heldout),
  old: (runs) => meanOf(runs, (run) => atEnd(run)?.retention),
  error(runs) {
    const center = MEASURES.end(runs);
    if (runs.length < 2 || center === undefined) return undefined;
    const squares = runs.map((run) => ((atEnd(run)?.heldout ?? Number.NaN) - center) ** 2);
    return Math.sqrt((mean(squares) * runs.length) / (runs.length - 1) / runs.length);
  },
  training: (runs) =>
    meanOf(runs, ({ losses, steps }) =>
      losses.length < steps ? undefined : mean(losses.slice(-Math.max(1, Math.round(steps / 10)))),
    ),
  stepMs: (runs) =>
    meanOf(runs, ({ facts }) => {
      const times = facts?.stepMs;
      return times && times.forward + times.backward + times.optimizer;
    }),
  times: () => undefined,
  backward: () => undefined,
};

const runsOf = (race: Race, arm: string) => race.runs.filter((run) => run.arm === arm);

/** A measure of an arm of the race, mean over its seeds; undefined until all have it. */
export function runReading({ race, model }: AppState, id: string, measure: RunReading): number | undefined {
  const arm = race.race?.arms.find((candidate) => candidate.id === id);
  if (race.race === undefined || arm === undefined || model.info === undefined) return undefined;
  if (measure === 'backward') return backwardBlocks(arm.recipe, model.info.layers);
  if (measure === 'times') {
    const [first] = race.race.arms;
    const [own, other] = [id, first?.id ?? ''].map((each) =>
      MEASURES.stepMs(runsOf(race.race as Race, each)),
    );
    return own && other && own / other;
  }
  return MEASURES[measure](runsOf(race.race, id));
}

/** Ids of the arms by a loss, lowest first; undefined unless all arms have it. */
function ranked(race: Race, measure: 'early' | 'half' | 'end'): { id: string; loss: number }[] | undefined {
  const losses = race.arms.map(({ id }) => ({ id, loss: MEASURES[measure](runsOf(race, id)) }));
  const known = losses.flatMap(({ id, loss }) => (loss === undefined ? [] : [{ id, loss }]));
  return known.length < losses.length ? undefined : known.toSorted((a, b) => a.loss - b.loss);
}

/** What the race as a whole shows so far. */
export function raceReading({ race: { race } }: AppState) {
  if (race === undefined) return undefined;
  const [first, second] = ranked(race, 'end') ?? [];
  const { batch, accumulation } = race.recipe.training;
  const [run] = race.runs;
  const windows = run?.facts?.texts[0]?.examples;
  return {
    winner: first?.id,
    early: ranked(race, 'early')?.[0]?.id,
    midway: ranked(race, 'half')?.[0]?.id,
    margin: first && second && second.loss - first.loss,
    passes: run && windows ? (run.losses.length * batch * accumulation) / windows : undefined,
  };
}
