/*
 * Room `store/train`: actions of Train, loaded with it: a race put together, planned, run, kept. Imports `session` and
 * what is below it. Nothing that the first page loads may import it.
 */

import type { TrainingTexts } from '../../../engine/jobs';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { notify } from '../session/notices';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { WithNotices } from '../state/notices';
import type { Race, Run, WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { defineRace, isForOpenModel, armsWithSteps, runRecipe, stateFileName } from './define';
import { shownRaceSetup, raceSetupProblem } from './race-setup';
import { currentGroup, isFinished, nextRun } from './groups';
import { RaceLog } from './race-log';
import { deleteSavedRace, saveRace, loadSavedRace } from './saved-race';
import { evaluationCount, persistentBytes } from './forecast';
import { createForecast, shownRacePlan, shownSteps } from './forecast-actions';
import { createTexts } from './texts';

/** The parts of the state it reads and changes. */
export type RaceNeeds = WithBackend & WithModel & WithRecipe & WithView & WithRace & WithNotices;

/** An arm computes about this long before the next has its turn, so that all advance together. */
const TURN_MS = 1500;
/** What arms that train in turn may hold together. */
const GROUP_BYTES = 2 * 2 ** 30;
const SAMPLE_TOKENS = 24;
const KEEP_MS = 15_000;

/** Running a race: its arms in turn, seed after seed; pausing it and going on, also on another visit. */
export function createRace(context: Context<RaceNeeds>) {
  const { engine, store, platform } = context;
  const running = new LatestTask();
  const texts = createTexts(context);
  const forecast = createForecast(context, texts);
  let raceLog: RaceLog | undefined;
  let learnt: TrainingTexts = {};
  let keptAt = 0;
  let unkept = false;

  async function keep(): Promise<void> {
    if (!raceLog) return;
    keptAt = performance.now();
    try {
      await saveRace(await platform.shelf(), { race: raceLog.race, texts: learnt });
    } catch (error) {
      cannotKeep(toFailure(error).message);
    }
  }

  function cannotKeep(why: string): void {
    if (!unkept) notify(store, 'info', 'This race cannot be kept for another visit', why);
    unkept = true;
  }

  /** How many arms may be on the device at once. */
  function groupSize({ runs }: Race): number {
    const known = runs.flatMap(({ facts }) => (facts ? [persistentBytes(facts.memory)] : []));
    const plan = store.getState().race.forecast?.plan?.arms ?? [];
    const racePlan = plan.flatMap((arm) => ('memory' in arm ? [persistentBytes(arm.memory)] : []));
    return Math.max(1, Math.floor(GROUP_BYTES / Math.max(1, ...known, ...racePlan)));
  }

  /** How many steps of a run are one turn. */
  function turn({ facts }: Run): number {
    const times = facts?.stepMs;
    const ms = times ? times.forward + times.backward + times.optimizer : TURN_MS;
    return Math.max(1, Math.round(TURN_MS / Math.max(1, ms)));
  }

  async function advance(log: RaceLog, run: Run, maxSteps: number, signal: AbortSignal): Promise<void> {
    const { race } = log;
    const { name } = run;
    log.updateRun(name, { status: 'running' });
    try {
      const result = await engine.run(
        'train',
        {
          arm: name,
          recipe: runRecipe(race, run),
          texts: learnt,
          maxSteps,
          evaluateEvery: Math.max(1, Math.ceil(run.steps / Math.max(1, race.evaluations - 1))),
          keep: stateFileName(race, run),
          sample: { prompt: race.prompt, maxTokens: SAMPLE_TOKENS },
        },
        { signal, onEvent: (event) => log.record(event) },
      );
      log.recordResult(name, result);
      if (result.unkept !== undefined) cannotKeep(result.unkept);
      const now = log.run(name);
      if (now && isFinished(now)) await finish(race, now);
    } catch (error) {
      if (signal.aborted || isAbort(error)) log.updateRun(name, { status: 'paused' });
      else if (toFailure(error).name === 'EngineCrashError') {
        log.updateRun(name, { status: 'paused' });
        throw error;
      } else {
        log.updateRun(name, { status: 'failed', problem: toFailure(error).message });
        await drop(race, run);
      }
    }
  }

  /** A finished arm makes room for the next. That of the first seed is kept, to be tried and exported. */
  async function finish(race: Race, run: Run): Promise<void> {
    if (run.seed !== race.seeds[0]) return drop(race, run);
    try {
      await engine.run('keepTraining', { arm: run.name, keep: stateFileName(race, run) });
      await engine.run('dropTraining', { arm: run.name });
    } catch (error) {
      // It stays on the device, where it can still be tried and exported.
      cannotKeep(toFailure(error).message);
    }
  }

  async function drop(race: Race, run: Run): Promise<void> {
    await engine
      .run('dropTraining', { arm: run.name, keep: stateFileName(race, run) })
      .catch(() => undefined);
  }

  async function go(single: boolean): Promise<void> {
    const log = raceLog;
    if (!log) return;
    await running.run(async (signal) => {
      patch(store, 'race', { status: 'running', failure: undefined });
      try {
        if (single) await stepEach(log, signal);
        else await race(log, signal);
      } catch (error) {
        patch(store, 'race', { failure: toFailure(error) });
      }
      log.publish();
      // Paused by somebody, who sees to the rest; or overtaken.
      if (signal.aborted) return;
      const over = log.race.runs.every(isFinished);
      if (!over) await keepGroup(log);
      await keep();
      patch(store, 'race', { status: over ? 'done' : 'paused' });
    });
  }

  async function race(log: RaceLog, signal: AbortSignal): Promise<void> {
    for (;;) {
      const next = nextRun(currentGroup(log.race, groupSize(log.race)));
      if (!next || signal.aborted) return;
      await advance(log, next, turn(next), signal);
      if (performance.now() - keptAt > KEEP_MS) await keep();
    }
  }

  async function stepEach(log: RaceLog, signal: AbortSignal): Promise<void> {
    for (const run of currentGroup(log.race, groupSize(log.race))) {
      if (signal.aborted) return;
      if (!isFinished(run)) await advance(log, run, 1, signal);
    }
  }

  /** Keeps the arms that are half way. */
  async function keepGroup({ race }: RaceLog): Promise<void> {
    for (const run of currentGroup(race, groupSize(race))) {
      if (isFinished(run) || run.losses.length === 0) continue;
      try {
        await engine.run('keepTraining', { arm: run.name, keep: stateFileName(race, run) });
      } catch (error) {
        // An arm that is not on the device has been kept before.
        if (toFailure(error).name === 'ShelfError') cannotKeep(toFailure(error).message);
      }
    }
  }

  /** Ends what runs, with everything kept. */
  async function halt(status: 'paused' | 'done'): Promise<void> {
    const log = raceLog;
    if (!log) return;
    patch(store, 'race', { status: 'pausing' });
    running.cancel();
    for (const { name, status: was } of log.race.runs)
      if (was === 'running') log.updateRun(name, { status: 'paused' });
    await keepGroup(log);
    if (status === 'done') await clearDevice(log);
    log.publish();
    await keep();
    patch(store, 'race', { status });
  }

  /** Lets go of arms that will not go on. Those of the first seed stay kept, to be tried and exported. */
  async function clearDevice({ race }: RaceLog): Promise<void> {
    for (const run of currentGroup(race, groupSize(race))) {
      if (run.seed !== race.seeds[0]) await drop(race, run);
      else await engine.run('dropTraining', { arm: run.name }).catch(() => undefined);
    }
  }

  async function discard(): Promise<void> {
    running.cancel();
    const old = raceLog?.race;
    raceLog = undefined;
    patch(store, 'race', { status: 'idle', race: undefined, failure: undefined });
    if (!old) return;
    for (const run of old.runs) await drop(old, run);
    await platform
      .shelf()
      .then(deleteSavedRace)
      .catch(() => undefined);
  }

  let restored: Promise<void> | undefined;

  return {
    ...forecast,

    /** Starts the race on show in place of the one before. With `single` every arm does one step. */
    async start(single = false): Promise<void> {
      const field = shownRaceSetup(store.getState());
      const racePlan = shownRacePlan(store.getState());
      if (raceSetupProblem(field) !== undefined || !racePlan) return;
      await discard();
      const state = store.getState();
      try {
        const arms = armsWithSteps(field, state, shownSteps(state) ?? []);
        const { training } = state.recipe.current;
        const steps = Math.max(...arms.map(({ recipe }) => recipe.training.steps));
        learnt = await texts(state.race.texts, { ...training, steps }, new AbortController().signal);
        unkept = false;
        const evaluations = evaluationCount(state.view.minutes, racePlan);
        raceLog = new RaceLog(store, defineRace(field, arms, state, evaluations));
      } catch (error) {
        patch(store, 'race', { failure: toFailure(error) });
        return;
      }
      await go(single);
    },

    /** Goes on with all arms, or by one step each. */
    resume: (single = false) => go(single),
    pause: () => halt('paused'),
    /** Ends the race where it is: its table is of what was reached. */
    stop: () => halt('done'),
    discard,

    /** The race of an earlier visit, paused where it was. Once. */
    restore(): Promise<void> {
      restored ??= (async () => {
        try {
          const found = await loadSavedRace(await platform.shelf());
          if (!found || raceLog) return;
          learnt = found.texts;
          const runs = found.race.runs.map((run) =>
            run.status === 'running' ? { ...run, status: 'paused' as const } : run,
          );
          raceLog = new RaceLog(store, { ...found.race, runs });
          patch(store, 'race', { status: runs.every(isFinished) ? 'done' : 'paused' });
        } catch (error) {
          notify(store, 'info', 'The race of an earlier visit could not be read', toFailure(error).message);
        }
      })();
      return restored;
    },

    /**
     * Has a run's arm on the device, to be tried or exported.
     * @throws JobError where its state is gone.
     */
    async ensureOnDevice(run: Run, signal?: AbortSignal): Promise<void> {
      const { race: held } = store.getState().race;
      if (!held) throw new Error('Expected a race, got none. Start one first.');
      if (!isForOpenModel(held, store.getState()))
        throw new Error(`This arm was trained from ${held.model}, which is not open. Open it first.`);
      const request = {
        arm: run.name,
        recipe: runRecipe(held, run),
        texts: learnt,
        keep: stateFileName(held, run),
      };
      await engine.run('bringTraining', request, signal ? { signal } : {});
    },
  };
}
export type RaceActions = ReturnType<typeof createRace>;
