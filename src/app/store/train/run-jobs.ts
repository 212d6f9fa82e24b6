import type { JobEvent, TrainingTexts, TrainRequest } from '../../../engine/jobs';
import { isAbort, toFailure } from '../core/failure';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { Race, Run, WithRace } from '../state/race';
import { runRecipe, stateFileName } from './define';
import { stepsBetween } from './forecast';
import { hasStart } from './group-training';
import { isFinished } from './groups';
import type { RaceLog } from './race-log';
import { now } from '../../../now';

const SAMPLE_TOKENS = 24;

interface RunJobsOptions {
  /** The texts of the race. */
  texts(): TrainingTexts;
  reportStorageFailure(why: string): void;
  /** Called when the state of a run was stored. */
  onKept(): void;
}

/** The jobs of the engine for one run of a race. What comes of them is recorded in the race's log. */
export function createRunJobs(
  { engine, store }: Context<WithRace>,
  { texts, reportStorageFailure, onKept }: RunJobsOptions,
) {
  function requestOf({ race }: RaceLog, run: Run): TrainRequest {
    return {
      arm: run.name,
      recipe: runRecipe(race, run),
      texts: texts(),
      evaluateEvery: stepsBetween(run.steps, race.evaluations),
      keep: stateFileName(race, run),
      sample: { prompt: race.prompt, maxTokens: SAMPLE_TOKENS },
    };
  }

  async function trainTurn(
    log: RaceLog,
    run: Run,
    turn: Pick<TrainRequest, 'maxSteps' | 'startLater'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { name } = run;
    log.updateRun(name, { status: 'running' });
    await attempt(log, run, signal, async () => {
      const clock = log.clock.turn(run.arm);
      const onEvent = (event: JobEvent): void => {
        clock(event);
        log.record(event);
        if (event.type === 'kept') onKept();
      };
      const result = await engine.run('train', { ...requestOf(log, run), ...turn }, { signal, onEvent });
      log.recordResult(name, result);
      if (result.unkept !== undefined) reportStorageFailure(result.unkept);
      const now = log.run(name);
      if (!now || !isFinished(now)) return;
      if (!hasStart(now)) await engine.run('evaluateStart', requestOf(log, run), { signal, onEvent });
      await storeFinished(log.race, now);
    });
  }

  /** Makes an arm on the device while others train. */
  async function prepare(log: RaceLog, run: Run, signal: AbortSignal): Promise<void> {
    const announce = (label = ''): void => showBeside(`preparing ${run.name}${label && `: ${label}`}`);
    announce();
    const onEvent = (event: JobEvent): void => {
      if (event.type === 'progress') announce(event.progress.label);
    };
    const started = now();
    await attempt(log, run, signal, async () => {
      await engine.run('prepareTraining', requestOf(log, run), { signal, onEvent });
      log.clock.prepared(run.name, now() - started);
    });
    showBeside(undefined);
  }

  async function evaluateStart(log: RaceLog, run: Run, signal: AbortSignal): Promise<void> {
    showBeside(`evaluating the start of ${run.name}`);
    const onEvent = (event: JobEvent): void => log.record(event);
    await attempt(log, run, signal, () =>
      engine.run('evaluateStart', requestOf(log, run), { signal, onEvent }),
    );
    showBeside(undefined);
  }

  function showBeside(beside: string | undefined): void {
    if (store.getState().race.beside !== beside) patch(store, 'race', { beside });
  }

  /** Does a job for a run. If it is cancelled the run is paused, if it fails the run has failed. @throws if the engine crashed. */
  async function attempt(
    log: RaceLog,
    run: Run,
    signal: AbortSignal,
    job: () => Promise<unknown>,
  ): Promise<void> {
    const { name } = run;
    const pause = (): void => {
      if (log.run(name)?.status === 'running') log.updateRun(name, { status: 'paused' });
    };
    try {
      await job();
    } catch (error) {
      if (signal.aborted || isAbort(error)) pause();
      else if (toFailure(error).name === 'EngineCrashError') {
        pause();
        throw error;
      } else {
        log.updateRun(name, { status: 'failed', problem: toFailure(error).message });
        await discardRun(log.race, run);
      }
    }
  }

  /** Removes a finished arm from the device. An arm of the first seed is stored first, for Try and Export. */
  async function storeFinished(race: Race, run: Run): Promise<void> {
    if (run.seed !== race.seeds[0]) return discardRun(race, run);
    try {
      await engine.run('keepTraining', { arm: run.name, keep: stateFileName(race, run) });
      await engine.run('dropTraining', { arm: run.name });
    } catch (error) {
      // It stays on the device, so Try and Export can still use it.
      reportStorageFailure(toFailure(error).message);
    }
  }

  async function discardRun(race: Race, run: Run): Promise<void> {
    await engine
      .run('dropTraining', { arm: run.name, keep: stateFileName(race, run) })
      .catch(() => undefined);
  }

  return { trainTurn, prepare, evaluateStart, discardRun };
}
