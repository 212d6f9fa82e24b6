import type { Race, Run } from '../state/race';
import { stateFileName } from './define';
import { isFinished } from './groups';

export interface KeptPart {
  /** The race as its stored states have it. */
  readonly race: Race;
  /** What is in no stored state, in words; undefined if nothing was lost. */
  readonly lost?: string;
}

/**
 * Returns a stored race without the steps that its stored states do not have, because the page was closed before they were kept
 * or the browser has removed them. Finished runs keep their numbers.
 * @param names of everything that is stored.
 */
export function keptPart(race: Race, names: readonly string[]): KeptPart {
  const lost = { steps: 0, arms: 0, gone: [] as string[] };
  const runs = race.runs.map((run): Run => {
    if (isFinished(run)) return run;
    const gone = !names.includes(stateFileName(race, run));
    const step = gone ? 0 : Math.min(run.keptStep ?? 0, run.losses.length);
    if (step < run.losses.length) {
      if (gone && (run.keptStep ?? 0) > 0) lost.gone.push(run.name);
      else {
        lost.steps += run.losses.length - step;
        lost.arms++;
      }
    }
    return upTo(run, step);
  });
  const { steps, arms, gone } = lost;
  const words = [
    ...(gone.length === 0
      ? []
      : [
          `The browser has removed what was kept of ${gone.join(' and ')}: Resume trains ${gone.length === 1 ? 'it' : 'them'} again from the start.`,
        ]),
    ...(steps === 0
      ? []
      : [
          `${steps} ${steps === 1 ? 'step' : 'steps'} of ${arms} ${arms === 1 ? 'arm' : 'arms'} had not been kept: Resume does ${steps === 1 ? 'it' : 'them'} again, to the same numbers.`,
        ]),
  ];
  return { race: { ...race, runs }, ...(words.length === 0 ? {} : { lost: words.join(' ') }) };
}

/** An interrupted run as it was after a step. */
function upTo(run: Run, step: number): Run {
  const status = run.status === 'running' ? 'paused' : run.status;
  if (step === run.losses.length) return { ...run, status };
  const early = <T extends { readonly step: number }>(all: readonly T[]): T[] =>
    all.filter((each) => each.step <= step);
  return {
    ...run,
    status,
    losses: run.losses.slice(0, step),
    gradients: Object.fromEntries(
      Object.entries(run.gradients).map(([name, norms]) => [name, norms.slice(0, step)]),
    ),
    evaluations: early(run.evaluations),
    samples: early(run.samples),
    keptStep: step,
  };
}
