/*
 * Room `store/train`: actions of Train, loaded with it: sets up, forecasts, runs and saves a race. Imports `session` and
 * what is below it. Nothing that the first page loads may import it.
 */

import type { TrainingTexts } from '../../../engine/jobs';
import { toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { notify } from '../session/notices';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { WithNotices } from '../state/notices';
import { INITIAL_RACE, type Race, type RaceState, type Run, type WithRace } from '../state/race';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { defineRace, isOfOpenModel, armsWithSteps, runRecipe, stateFileName } from './define';
import { shownRaceSetup, raceSetupProblem } from './race-setup';
import { trainGroup } from './group-training';
import { currentGroup, isFinished } from './groups';
import { RaceLog } from './race-log';
import { RaceStorage } from './race-storage';
import { evaluationCount, persistentBytes } from './forecast';
import { createForecast, shownRacePlan, shownSteps } from './forecast-actions';
import { createRunJobs } from './run-jobs';
import { createTexts } from './texts';
import { now } from '../../../now';

/** The parts of the state it reads and changes. */
export type RaceNeeds = WithBackend & WithModel & WithRecipe & WithView & WithRace & WithNotices;

/** Target duration of an arm's turn; short, so that all arms advance together. */
const TURN_MS = 1500;
/** Maximum device memory held by arms that train in turn. */
const GROUP_BYTES = 2 * 2 ** 30;
const SAVE_INTERVAL_MS = 15_000;
const NO_STORAGE =
  'This browser gives the page no storage that lasts, as in some private windows. Export what was trained before you leave.';

/** Actions that run a race: arms train in turn, seed after seed. It can be paused and resumed, also on a later visit. */
export function createRace(context: Context<RaceNeeds>) {
  const { engine, store, platform } = context;
  const running = new LatestTask();
  const storage = new RaceStorage(platform);
  const texts = createTexts(context);
  const forecast = createForecast(context, texts);
  let raceLog: RaceLog | undefined;
  let trainingTexts: TrainingTexts = {};
  let savedAt = 0;
  let storageFailed = false;
  const { trainTurn, prepare, evaluateStart, discardRun } = createRunJobs(context, {
    texts: () => trainingTexts,
    reportStorageFailure,
    // So that what is stored of the race is not behind the states of its arms.
    onKept: () => void save(),
  });
  let saving: Promise<void> = Promise.resolve();

  /** Stores the race, after all that were asked for before. */
  function save(): Promise<void> {
    saving = saving.then(storeRace);
    return saving;
  }

  async function storeRace(): Promise<void> {
    if (!raceLog || aside !== undefined) return;
    savedAt = now();
    try {
      if (!(await storage.save({ race: raceLog.race, texts: trainingTexts })))
        reportStorageFailure(NO_STORAGE);
    } catch (error) {
      reportStorageFailure(toFailure(error).message);
    }
  }

  function reportStorageFailure(why: string): void {
    if (!storageFailed) notify(store, 'info', 'This race cannot be kept for another visit', why);
    storageFailed = true;
  }

  /** How many arms may be on the device at once. */
  function groupSize({ runs }: Race): number {
    const known = runs.flatMap(({ facts }) => (facts ? [persistentBytes(facts.memory)] : []));
    const plan = store.getState().race.forecast?.plan?.arms ?? [];
    const planned = plan.flatMap((arm) => ('memory' in arm ? [persistentBytes(arm.memory)] : []));
    return Math.max(1, Math.floor(GROUP_BYTES / Math.max(1, ...known, ...planned)));
  }

  /** Number of steps in one turn of a run. */
  function turnSteps({ facts }: Run): number {
    const times = facts?.stepMs;
    const ms = times ? times.forward + times.backward + times.optimizer : TURN_MS;
    return Math.max(1, Math.round(TURN_MS / Math.max(1, ms)));
  }

  async function train(single: boolean): Promise<void> {
    const log = raceLog;
    if (!log) return;
    await running.run(async (signal) => {
      patch(store, 'race', { status: 'running', beside: undefined, failure: undefined, lost: undefined });
      let crashed = false;
      try {
        if (single) await stepEach(log, signal);
        else await trainAll(log, signal);
      } catch (error) {
        const failure = toFailure(error);
        crashed = failure.name === 'EngineCrashError';
        patch(store, 'race', { failure });
      }
      log.publish();
      // Paused or replaced: the caller of `halt` or the new run does the rest.
      if (signal.aborted) return;
      const finished = log.race.runs.every(isFinished);
      if (crashed) await goBack(log);
      else if (!finished) await saveGroup(log);
      await save();
      patch(store, 'race', { status: finished ? 'done' : 'paused' });
    });
  }

  /** Takes back the steps that only a lost engine had. */
  async function goBack(log: RaceLog): Promise<void> {
    const { race, lost } = await storage.keptPart(log.race);
    log.replace(race);
    log.publish();
    patch(store, 'race', { lost });
  }

  async function trainAll(log: RaceLog, signal: AbortSignal): Promise<void> {
    for (;;) {
      const group = currentGroup(log.race, groupSize(log.race));
      if (group.length === 0 || signal.aborted) return;
      const steps = {
        run: (name: string) => log.run(name),
        prepare: (run: Run) => prepare(log, run, signal),
        evaluateStart: (run: Run) => evaluateStart(log, run, signal),
        async train(run: Run): Promise<void> {
          await trainTurn(log, run, { maxSteps: turnSteps(run), startLater: true }, signal);
          if (now() - savedAt > SAVE_INTERVAL_MS) await save();
        },
      };
      await trainGroup(
        group.map(({ name }) => name),
        steps,
        signal,
      );
    }
  }

  async function stepEach(log: RaceLog, signal: AbortSignal): Promise<void> {
    for (const run of currentGroup(log.race, groupSize(log.race))) {
      if (signal.aborted) return;
      if (!isFinished(run)) await trainTurn(log, run, { maxSteps: 1 }, signal);
    }
  }

  /** Stores the state of the unfinished arms. */
  async function saveGroup(log: RaceLog): Promise<void> {
    const { race } = log;
    for (const run of currentGroup(race, groupSize(race))) {
      if (isFinished(run) || run.losses.length === 0) continue;
      try {
        const { step, lasting } = await engine.run('keepTraining', {
          arm: run.name,
          keep: stateFileName(race, run),
        });
        if (lasting) log.updateRun(run.name, { keptStep: step });
      } catch (error) {
        // Other errors mean that the arm is not on the device, so it was stored before.
        if (toFailure(error).name === 'ByteStoreError') reportStorageFailure(toFailure(error).message);
      }
    }
  }

  /** Stops training and stores everything. */
  async function halt(status: 'paused' | 'done'): Promise<void> {
    const log = raceLog;
    if (!log) return;
    patch(store, 'race', { status: 'pausing' });
    running.cancel();
    for (const { name, status: was } of log.race.runs)
      if (was === 'running') log.updateRun(name, { status: 'paused' });
    await saveGroup(log);
    if (status === 'done') await clearDevice(log);
    log.publish();
    await save();
    patch(store, 'race', { status });
  }

  /** Removes the unfinished arms from the device. The stored states of the first seed stay, for Try and Export. */
  async function clearDevice({ race }: RaceLog): Promise<void> {
    for (const run of currentGroup(race, groupSize(race))) {
      if (run.seed !== race.seeds[0]) await discardRun(race, run);
      else await engine.run('dropTraining', { arm: run.name }).catch(() => undefined);
    }
  }

  async function discard(): Promise<void> {
    running.cancel();
    const old = raceLog?.race;
    raceLog = undefined;
    patch(store, 'race', { status: 'idle', race: undefined, failure: undefined, lost: undefined });
    if (!old) return;
    for (const run of old.runs) await discardRun(old, run);
    await storage.remove(old.id).catch(() => undefined);
  }

  /** Shows a stored race as paused. */
  function show(found: Awaited<ReturnType<RaceStorage['open']>>): void {
    if (!found) return;
    trainingTexts = found.texts;
    storageFailed = false;
    raceLog = new RaceLog(store, found.race);
    const status = found.race.runs.every(isFinished) ? 'done' : 'paused';
    patch(store, 'race', { status, lost: found.lost, failure: undefined });
  }

  /** Looks which other races are kept. */
  async function refreshOthers(): Promise<void> {
    if (aside !== undefined) return;
    const all = await storage.list().catch(() => []);
    patch(store, 'race', { others: all.filter(({ id }) => id !== raceLog?.race.id) });
  }

  let restored: Promise<void> | undefined;
  let aside:
    | { readonly log: RaceLog | undefined; readonly texts: TrainingTexts; readonly state: RaceState }
    | undefined;

  return {
    ...forecast,

    /** Discards the previous race and starts the one on show. With `single` each arm does one step. */
    async start(single = false): Promise<void> {
      const setup = shownRaceSetup(store.getState());
      const racePlan = shownRacePlan(store.getState());
      if (raceSetupProblem(setup) !== undefined || !racePlan) return;
      await discard();
      const state = store.getState();
      try {
        const arms = armsWithSteps(setup, state, shownSteps(state) ?? []);
        const { training } = state.recipe.current;
        const steps = Math.max(...arms.map(({ recipe }) => recipe.training.steps));
        const wanted = { ...training, steps, short: state.view.firstPage };
        trainingTexts = await texts(state.race.texts, wanted, new AbortController().signal);
        storageFailed = false;
        const evaluations = evaluationCount(state.view.minutes, racePlan);
        const race = defineRace(setup, arms, state, evaluations);
        await storage.take(race.id);
        raceLog = new RaceLog(store, race);
        raceLog.clock.expectMeasurement(racePlan.plan.measured * racePlan.speed.evaluationMsPerToken);
      } catch (error) {
        patch(store, 'race', { failure: toFailure(error) });
        return;
      }
      await save();
      await train(single);
    },

    /** Resumes the race, or with `single` does one step of each arm. */
    resume: (single = false) => train(single),
    pause: () => halt('paused'),
    /** Ends the race early; its results so far stay. */
    stop: () => halt('done'),
    discard,

    /** Loads the race that was stored last as paused, unless another tab has it; later calls only look for others. */
    restore(): Promise<void> {
      if (aside !== undefined) return Promise.resolve();
      if (restored !== undefined) return restored.then(refreshOthers);
      restored = (async () => {
        const found = await storage.openLast().catch(() => undefined);
        if (raceLog) {
          if (found) storage.release(found.race.id);
        } else show(found);
        await refreshOthers();
      })();
      return restored;
    },

    /** Shows another kept race in place of this one, which is kept. The race must not be running. */
    async open(id: string): Promise<void> {
      const before = raceLog;
      if (before) {
        await saveGroup(before);
        await save();
        if (storageFailed) {
          const why = 'It cannot be kept, so it would be lost. Export what was trained, then discard it.';
          notify(store, 'info', 'This race has to stay', why);
          return;
        }
      }
      try {
        const found = await storage.open(id);
        if (!found)
          notify(store, 'info', 'This race is open in another tab', 'Close it there to open it here.');
        else {
          // Arms of two races may have the same names.
          for (const { name } of before?.race.runs ?? [])
            await engine.run('dropTraining', { arm: name }).catch(() => undefined);
          if (before) storage.release(before.race.id);
          show(found);
        }
      } catch (error) {
        notify(store, 'error', 'This race could not be opened', toFailure(error).message);
      }
      await refreshOthers();
    },

    /** Removes another kept race. */
    async discardOther(id: string): Promise<void> {
      await storage.remove(id).catch((error: unknown) => {
        notify(store, 'error', 'This race could not be discarded', toFailure(error).message);
      });
      await refreshOthers();
    },

    /**
     * Puts the race aside while a lesson runs its own, which is not stored for another visit. Does nothing if one is aside.
     * The race must not be running.
     */
    async setAside(): Promise<void> {
      if (aside !== undefined) return;
      aside = { log: raceLog, texts: trainingTexts, state: store.getState().race };
      await restored;
      aside = { log: raceLog, texts: trainingTexts, state: store.getState().race };
      raceLog = undefined;
      store.setState({ race: INITIAL_RACE });
    },

    /** Discards the race of the lesson, and has back the one that was put aside. */
    async putBack(): Promise<void> {
      if (aside === undefined) return;
      await discard();
      const { log, texts: own, state } = aside;
      aside = undefined;
      raceLog = log;
      trainingTexts = own;
      store.setState({ race: state });
      // The page may have been reloaded within the lesson, which kept the race of an earlier visit from being loaded.
      if (log === undefined) await this.restore();
    },

    /**
     * Loads a trained run onto the device, for Try or Export.
     * @throws JobError if its stored state is gone; Error if its model is not open.
     */
    async ensureOnDevice(run: Run, signal?: AbortSignal): Promise<void> {
      const { race: current } = store.getState().race;
      if (!current) throw new Error('Expected a race, got none. Start one first.');
      if (!isOfOpenModel(current, store.getState()))
        throw new Error(`This arm was trained from ${current.model}, which is not open. Open it first.`);
      const request = {
        arm: run.name,
        recipe: runRecipe(current, run),
        texts: trainingTexts,
        keep: stateFileName(current, run),
      };
      await engine.run('bringTraining', request, signal ? { signal } : {});
    },
  };
}
export type RaceActions = ReturnType<typeof createRace>;
