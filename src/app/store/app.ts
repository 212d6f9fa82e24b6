/*
 * Room `store`: all state of the page. `core` has the tools that slices are built with, `state` the data of each slice,
 * `derived` pure functions of several slices; the other folders hold the actions, by stage. Each file declares which
 * parts of the state it needs (`Needs`); only this file knows all of them. `train`, `try`, `device` and `hub` are not imported
 * here: use-race, use-try, use-device and use-hub load them together with their stages and dialogs.
 */

import { subscribeWithSelector } from 'zustand/middleware';
import { type StoreApi, createStore } from 'zustand/vanilla';
import type { EngineApi, JobFailure, JobName } from '../../engine/jobs';
import { macrotask } from '../../macrotask';
import { DEFAULT_VIEW } from '../../recipe/view';
import { createAlign } from './align/align';
import { createArrays } from './align/arrays';
import { createCamera } from './align/camera';
import { createCell } from './align/cell';
import { createCurves } from './align/curves';
import { createNeuron } from './align/neuron';
import { createNulls } from './align/nulls';
import { createPicture } from './align/picture';
import { createRelated } from './align/related';
import { createRibbons } from './align/ribbons';
import { createSecond } from './align/second';
import { createSummary } from './align/summary';
import { createTimeline } from './align/timeline';
import { createCompare } from './compare/compare';
import { createEvaluations } from './compare/evaluations';
import { createLayers } from './compare/layers';
import { toFailure } from './core/failure';
import type { Context, Platform, Store } from './core/store';
import { createMap } from './map/map';
import { createBackend } from './session/backend';
import { createExport } from './session/export';
import { createLanguage } from './session/language';
import type { Address } from './session/link';
import { createLink } from './session/link';
import { createModel } from './session/model';
import { notify, offerRestart, withdrawRestart } from './session/notices';
import { createRecipe } from './session/recipe';
import { createView } from './session/view';
import { INITIAL_ALIGN, type WithAlign } from './state/align';
import { INITIAL_ARRAYS, type WithArrays } from './state/arrays';
import { INITIAL_BACKEND, type BackendChoice, type WithBackend } from './state/backend';
import { INITIAL_CELL, type WithCell } from './state/cell';
import { INITIAL_COMPARE, type WithCompare } from './state/compare';
import { INITIAL_CURVES, type WithCurves } from './state/curves';
import { INITIAL_DEVICE, type WithDevice } from './state/device';
import type { WithDialog } from './state/dialog';
import type { WithEditing } from './state/editing';
import { INITIAL_EVALUATIONS, type WithEvaluations } from './state/evaluations';
import { INITIAL_EXPORT, type WithExport } from './state/export';
import { INITIAL_HUB, type WithHub } from './state/hub';
import type { WithLanguage } from './state/language';
import { INITIAL_LAYERS, type WithLayers } from './state/layers';
import { INITIAL_LESSON, type WithLesson } from './state/lesson';
import { INITIAL_MAP, type WithMap } from './state/map';
import { INITIAL_MODEL, type WithModel } from './state/model';
import { INITIAL_NEURON, type WithNeuron } from './state/neuron';
import type { WithNotices } from './state/notices';
import { INITIAL_NULLS, type WithNulls } from './state/nulls';
import { INITIAL_PICTURE, type WithOtherPictures, type WithPicture } from './state/picture';
import { INITIAL_RACE, type WithRace } from './state/race';
import { INITIAL_RECIPE, type WithRecipe } from './state/recipe';
import { INITIAL_RELATED, type WithRelated } from './state/related';
import { INITIAL_RIBBONS, type WithRibbons } from './state/ribbons';
import { INITIAL_SECOND, type WithSecond } from './state/second';
import { INITIAL_SUMMARY, type WithSummary } from './state/summary';
import type { WithTheme } from './state/theme';
import { INITIAL_TRY, type WithTry } from './state/try';
import { INITIAL_UPDATE, type WithUpdate } from './state/update';
import type { WithView } from './state/view';

/** The whole state of the page. Plain data; only the actions of a slice change it. */
export interface AppState
  extends
    WithBackend,
    WithModel,
    WithRecipe,
    WithView,
    WithAlign,
    WithPicture,
    WithSecond,
    WithOtherPictures,
    WithCell,
    WithCurves,
    WithRelated,
    WithRibbons,
    WithNeuron,
    WithSummary,
    WithNulls,
    WithArrays,
    WithMap,
    WithEvaluations,
    WithLayers,
    WithCompare,
    WithRace,
    WithTry,
    WithDevice,
    WithExport,
    WithHub,
    WithLesson,
    WithNotices,
    WithTheme,
    WithLanguage,
    WithEditing,
    WithUpdate,
    WithDialog {}

/** The page's store, with `subscribe` as zustand's React hook needs it. */
type AppStore = Omit<StoreApi<AppState>, 'setState' | 'subscribe'> &
  Store<AppState> & { subscribe: StoreApi<AppState>['subscribe'] };

const INITIAL_STATE: AppState = {
  backend: INITIAL_BACKEND,
  model: INITIAL_MODEL,
  recipe: INITIAL_RECIPE,
  view: DEFAULT_VIEW,
  align: INITIAL_ALIGN,
  picture: INITIAL_PICTURE,
  second: INITIAL_SECOND,
  secondPicture: INITIAL_PICTURE,
  differencePicture: INITIAL_PICTURE,
  cell: INITIAL_CELL,
  curves: INITIAL_CURVES,
  related: INITIAL_RELATED,
  ribbons: INITIAL_RIBBONS,
  map: INITIAL_MAP,
  evaluations: INITIAL_EVALUATIONS,
  compare: INITIAL_COMPARE,
  race: INITIAL_RACE,
  tryStage: INITIAL_TRY,
  device: INITIAL_DEVICE,
  layers: INITIAL_LAYERS,
  neuron: INITIAL_NEURON,
  summary: INITIAL_SUMMARY,
  nulls: INITIAL_NULLS,
  arrays: INITIAL_ARRAYS,
  exporting: INITIAL_EXPORT,
  hub: INITIAL_HUB,
  lesson: INITIAL_LESSON,
  notices: [],
  theme: { choice: 'system', resolved: 'light' },
  language: 'en',
  editing: false,
  update: INITIAL_UPDATE,
  dialog: null,
};

const VISITED = 'interlayer.visited';

const SILENT =
  'It has given no sign for half a minute. It may be busy with one very long step, or hang. Starting it again ends what it computes now; results that are there stay, and a race goes on from its last kept states.';

/** Creates store and actions of the page. Needs no DOM, so tests can use it. */
export function createApp(plainEngine: EngineApi, platform: Platform, address: Address) {
  const store: AppStore = createStore<AppState>()(subscribeWithSelector(() => INITIAL_STATE));
  let restarting = false;
  const engine = watched(plainEngine, {
    onEnd: () => void backend.refreshMemory(),
    onNotice: (text) => notify(store, 'info', text),
    onFailure: ({ name, message }) => {
      if (name === 'ChangedFileError')
        notify(store, 'error', 'The model is not what it was when it was opened', message, 'open again');
      if (name === 'EngineCrashError' && !restarting) offerRestart(store, 'The engine stopped', message);
    },
  });
  plainEngine.watch?.((silent) => {
    if (silent) offerRestart(store, 'The engine does not answer', SILENT);
    else withdrawRestart(store);
  });
  const context: Context<AppState> = { engine, store, platform, tokens: new Map() };

  const backend = createBackend({ ...context, engine: plainEngine });
  const model = createModel(context);
  const recipe = createRecipe(context);
  const view = createView(context);
  const align = createAlign(context, recipe.setEpsilon);
  const second = createSecond(context);
  createPicture(context, () => align.again(), second.again);
  const camera = createCamera(context);
  const timeline = createTimeline(context);
  const cell = createCell(context);
  createRibbons(context);
  createCurves(context);
  createRelated(context);
  const map = createMap(context, recipe);
  const evaluations = createEvaluations(context);
  const compare = createCompare(context, evaluations);
  const layers = createLayers(context, evaluations);
  const neuron = createNeuron(context, evaluations);
  const summary = createSummary(context);
  const nulls = createNulls(context);
  const arrays = createArrays(context);
  const exporting = createExport(context, evaluations);
  const link = createLink(store, model, address);
  const language = createLanguage(context);

  const firstVisit = platform.loadText(VISITED) === null && address.read() === '';
  platform.saveText(VISITED, 'yes');

  /** Starts the backend and opens the model named in the address. */
  async function begin(): Promise<void> {
    const begun = await backend.begin();
    // Somebody may have chosen a model meanwhile.
    const { info, opening } = store.getState().model;
    if (begun && info === undefined && opening === undefined) await link.restore();
  }

  return {
    store,
    platform,
    /** True if the page was never opened in this browser, and not by a link. */
    firstVisit,
    /** For slices that are created on first use: race, Try, device and Hub. */
    context,
    backend,
    model,
    recipe,
    view,
    align,
    second,
    camera,
    timeline,
    cell,
    map,
    evaluations,
    compare,
    layers,
    neuron,
    summary,
    nulls,
    arrays,
    exporting,
    link,
    language,

    begin,

    /** Starts the engine again after it stopped or hung, and opens the model that was open. */
    async restartEngine(): Promise<void> {
      withdrawRestart(store);
      restarting = true;
      plainEngine.restart?.();
      // Until the jobs that this ends have failed.
      await macrotask();
      restarting = false;
      if (store.getState().model.info !== undefined) await model.reopen();
      else await begin();
    },

    /** Switches to another backend and opens the same model there. */
    async switchBackend(choice: BackendChoice): Promise<void> {
      compare.cancel();
      compare.cancelShown();
      if (await backend.choose(choice)) await model.reopen();
    },
  };
}
export type App = ReturnType<typeof createApp>;

/** Jobs that do not change the memory in use. */
const QUERIES: ReadonlySet<JobName> = new Set([
  'picture',
  'cell',
  'order',
  'curve',
  'strongest',
  'related',
  'device',
  'timeKernels',
  'lookUp',
  'kept',
  'freeKept',
]);

interface Watchers {
  /** A job has ended that may have changed the memory in use. */
  onEnd(): void;
  /** A job has something to say. */
  onNotice(text: string): void;
  onFailure(failure: JobFailure): void;
}

/** Wraps an engine so that all its jobs are watched. */
function watched(engine: EngineApi, { onEnd, onNotice, onFailure }: Watchers): EngineApi {
  return {
    run(name, args, options) {
      const job = engine.run(name, args, {
        ...options,
        onEvent: (event) => {
          if (event.type === 'notice') onNotice(event.text);
          options?.onEvent?.(event);
        },
      });
      job.catch((error: unknown) => onFailure(toFailure(error)));
      if (!QUERIES.has(name)) job.then(onEnd, onEnd);
      return job;
    },
  };
}
