/*
 * Room `store/lesson`: actions of lessons, loaded with the first one: loads a lesson, puts the person's own state aside, sets the state
 * of each step, notices when a step is done, and gives the state back. Nothing that the first page loads may import it.
 */

import { METHOD_IDS } from '../../../engine/methods';
import type { Facts } from '../../../lessons/condition';
import type { Lesson } from '../../../lessons/format';
import type { Language } from '../../../lessons/languages';
import { decodeLink, type LinkState } from '../../../recipe/link';
import type { App, AppState } from '../app';
import { toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import { patch } from '../core/store';
import { notify, notifyNotKept } from '../session/notices';
import { raceActionsOf } from '../train/race-actions';
import { type AskedLesson, INITIAL_LESSON, type ReadingValues, type StepRecord } from '../state/lesson';
import { OwnState, takeStored } from './own-state';
import { loadProgress, saveProgress } from './progress';
import { NEW_RECORD, recordNow } from './records';
import { FILE, isBuiltIn, loadLesson, readLesson } from './source';
import { stateAt, withFragment } from './step-state';

/** Reads the present values of the page. */
export type ReadFacts = (state: AppState, activity: ReadingValues) => Facts;

/** Name under which progress is kept. Lessons without an address are told apart by their ids. */
const progressKey = (name: string, lesson: Lesson | undefined): string =>
  name === FILE ? `${FILE}:${lesson?.id ?? ''}` : name;

export function createLesson(app: App, factsOf: ReadFacts) {
  const { store, platform } = app;
  const loading = new LatestTask();
  const beginning = new LatestTask();
  const translating = new LatestTask();
  const race = raceActionsOf(app.context);
  let own: OwnState | undefined;
  let stopWatching: (() => void) | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Lessons begin and end one after another, so that none finds the state that another is still setting or giving back. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    const mine = turn.then(task);
    turn = Promise.allSettled([mine]);
    return mine;
  }

  const index = (): number => store.getState().view.step - 1;
  const linkState = () => {
    const { recipe, view } = store.getState();
    return { recipe: recipe.current, view };
  };

  /** Sets recipe and view; undo goes back to the recipe before. */
  function set({ recipe, view }: ReturnType<typeof linkState>): void {
    store.setState((state) => {
      const { current, past } = state.recipe;
      const same = JSON.stringify(current) === JSON.stringify(recipe);
      return {
        view,
        ...(same ? {} : { recipe: { current: recipe, past: [...past, { recipe: current }], future: [] } }),
      };
    });
  }

  function update(step: number, record: StepRecord): void {
    const { lesson } = store.getState();
    patch(store, 'lesson', { records: lesson.records.with(step, record) });
    keep();
  }

  function keep(): void {
    const { lesson, view } = store.getState();
    if (view.lesson === null) return;
    const progress = { step: index(), records: lesson.records };
    if (!saveProgress(platform, progressKey(view.lesson, lesson.lesson), progress)) notifyNotKept(store);
  }

  /** Notices that the step on show is done. */
  function check(): void {
    const state = store.getState();
    const { lesson, records, activity, phase } = state.lesson;
    const record = records[index()];
    if (phase !== 'running' || lesson === undefined || record === undefined) return;
    const next = recordNow(lesson, index(), record, factsOf(state, activity));
    if (next !== record) update(index(), next);
  }

  function watch(): void {
    let waiting = false;
    stopWatching = store.subscribe(
      (state) => state,
      () => {
        if (waiting) return;
        waiting = true;
        // After all listeners of this change, some of which withdraw results that belong to the state before.
        queueMicrotask(() => {
          waiting = false;
          check();
        });
      },
    );
  }

  /** Why no lesson can begin now. */
  function obstacle(): string | undefined {
    const { race: running, compare } = store.getState();
    if (running.status === 'running' || running.status === 'pausing')
      return 'A race is running. Pause it on Train, then begin the lesson.';
    if (compare.running || compare.evaluating)
      return 'Arms are being measured. Wait for them or cancel on Compare, then begin the lesson.';
    return undefined;
  }

  async function begin(lesson: Lesson, name: string, asked: AskedLesson, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    own ??= new OwnState(app);
    own.clear();
    await race.setAside();
    if (signal.aborted) return;
    const wanted = decodeLink(lesson.state ?? '', METHOD_IDS).state;
    const known = loadProgress(platform)[progressKey(name, lesson)];
    const records = lesson.steps.map((_, k) => known?.records[k] ?? NEW_RECORD);
    const reached = known && known.records.every(({ done }) => done) ? 0 : (known?.step ?? 0);
    const step = Math.min(asked.step ?? reached, lesson.steps.length - 1);
    const fresh = asked.step === undefined && reached === 0;
    store.setState(({ view }) => ({ view: { ...view, lesson: name, step: step + 1 } }));
    patch(store, 'lesson', {
      phase: 'running',
      lesson,
      records: fresh ? lesson.steps.map(() => NEW_RECORD) : records,
      activity: {},
      press: 0,
    });
    const { recipe, model } = store.getState();
    const open = JSON.stringify(recipe.current.model) === JSON.stringify(wanted.recipe.model);
    if (model.info === undefined || model.opening !== undefined || !open) {
      // Opening sets the recipe's model and adapts its gaps; the state of the step comes after.
      await app.link.openModel(wanted.recipe.model);
      if (signal.aborted) return;
    }
    set(stateAt(lesson, step, linkState(), !fresh && records[step]?.done));
    // Undo in a lesson goes back to where it began, not into the person's own recipe.
    patch(store, 'recipe', { past: [], future: [] });
    if (asked.state !== undefined) set(withFragment(linkState(), asked.state));
    stopWatching?.();
    watch();
    check();
    keep();
  }

  /** @param then what the page shows instead of the person's own state. */
  async function leave(then?: LinkState): Promise<void> {
    loading.cancel();
    beginning.cancel();
    stopWatching?.();
    stopWatching = undefined;
    // The model of a lesson that has hardly begun must not come after it.
    if (own !== undefined && store.getState().model.opening !== undefined) app.model.cancelOpening();
    store.setState({ lesson: INITIAL_LESSON });
    store.setState(({ view }) => ({ view: { ...view, lesson: null, step: 1 } }));
    await inTurn(async () => {
      const kept = own;
      own = undefined;
      await race.putBack();
      await kept?.giveBack();
      if (then !== undefined) await app.link.apply(then);
    });
  }

  /** Goes to a step. Its state is set unless it was done before. */
  function go(step: number): void {
    const { lesson, records } = store.getState().lesson;
    const wanted = lesson?.steps[step];
    if (lesson === undefined || wanted === undefined) return;
    store.setState(({ view }) => ({ view: { ...view, step: step + 1 } }));
    patch(store, 'lesson', { activity: {}, press: 0 });
    if (wanted.state !== undefined && records[step]?.done !== true)
      set(withFragment(linkState(), wanted.state));
    check();
    keep();
  }

  async function change(asked: AskedLesson): Promise<void> {
    patch(store, 'lesson', { asked: undefined });
    const { view, lesson } = store.getState();
    if (asked.name === null) {
      await leave(decodeLink(asked.state ?? '', METHOD_IDS).state);
      return;
    }
    if (asked.name === view.lesson && lesson.phase === 'running' && asked.file === undefined) {
      if (asked.step !== undefined) go(asked.step);
      return;
    }
    await loading.run(async (signal) => {
      const before = lesson.phase === 'running' ? 'running' : 'closed';
      try {
        const why = before === 'closed' ? obstacle() : undefined;
        if (why !== undefined) {
          notify(store, 'info', 'The lesson cannot begin yet', why);
          app.link.keep();
          return;
        }
        patch(store, 'lesson', { phase: before === 'running' ? 'running' : 'loading' });
        const { name, file } = asked;
        const { language } = store.getState();
        const loaded = file
          ? readLesson(file.text, file.name)
          : await loadLesson(name ?? '', { base: platform.base, language, signal });
        if (signal.aborted) return;
        const known = file ? FILE : (name ?? '');
        await beginning.run((stop) => inTurn(() => begin(loaded, known, asked, stop)));
      } catch (error) {
        if (signal.aborted) return;
        patch(store, 'lesson', { phase: before });
        notify(store, 'error', 'The lesson could not be opened', toFailure(error).message);
        // A link that named it still has a model and a state.
        if (store.getState().model.info === undefined) {
          // A reload lets go of a dropped file, but not of what the person had before it.
          const { state } = decodeLink(
            (asked.name === FILE && takeStored(platform)) || (asked.state ?? ''),
            METHOD_IDS,
          );
          await app.link.apply({ ...state, view: { ...state.view, lesson: null, step: 1 } });
        }
        app.link.keep();
      }
    });
  }

  return {
    /** Opens, changes or ends a lesson. A failure changes nothing but shows what is wrong. */
    async open(asked: AskedLesson): Promise<void> {
      // A request is carried out once, also if its component is mounted twice.
      if (store.getState().lesson.asked === asked) await app.link.asOne(() => change(asked));
    },

    go,

    /** Records the prediction for the step on show; null skips it. */
    guess(value: number | null): void {
      const record = store.getState().lesson.records[index()];
      if (record === undefined || record.done) return;
      update(index(), { ...record, guess: value });
    },

    /** Sets the state that Show me shows; what it presses is the caller's. */
    show(): void {
      const state = store.getState().lesson.lesson?.steps[index()]?.show?.state;
      if (state !== undefined) set(withFragment(linkState(), state));
    },

    /** Passes Show me on to the activity of the step. */
    press(): void {
      patch(store, 'lesson', ({ press }) => ({ press: press + 1 }));
    },

    /** Takes over what the activity of the step reports. */
    report(values: ReadingValues): void {
      patch(store, 'lesson', ({ activity }) => ({ activity: { ...activity, ...values } }));
    },

    /** Starts the lesson over. */
    restart(): void {
      const { lesson } = store.getState().lesson;
      if (lesson === undefined) return;
      patch(store, 'lesson', { records: lesson.steps.map(() => NEW_RECORD), activity: {}, press: 0 });
      store.setState(({ view }) => ({ view: { ...view, step: 1 } }));
      set(stateAt(lesson, 0, linkState()));
      keep();
    },

    /** Shows the same step in a language. Only built-in lessons are written in several. */
    async translate(language: Language): Promise<void> {
      const { view, lesson } = store.getState();
      const name = view.lesson;
      if (name === null || !isBuiltIn(name) || lesson.phase !== 'running') return;
      if (lesson.lesson?.language === language) return;
      await translating.run(async (signal) => {
        try {
          const loaded = await loadLesson(name, { base: platform.base, language, signal });
          const stays = store.getState().view.lesson === name;
          if (stays && !signal.aborted) patch(store, 'lesson', { lesson: loaded });
        } catch (error) {
          if (!signal.aborted)
            notify(store, 'error', 'The lesson could not be translated', toFailure(error).message);
        }
      });
    },

    /** Ends the lesson and gives the person's own state back. */
    leave: () => app.link.asOne(() => leave()),
  };
}
export type LessonActions = ReturnType<typeof createLesson>;
