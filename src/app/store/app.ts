import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { subscribeWithSelector } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { EngineApi, JobName } from '../../engine/jobs';
import { DEFAULT_VIEW } from '../../recipe/view';
import { INITIAL_ALIGN, createAlign } from './align';
import { INITIAL_ARRAYS, createArrays } from './arrays';
import { type BackendChoice, INITIAL_BACKEND, createBackend } from './backend';
import { createCamera } from './camera';
import { INITIAL_CELL, createCell } from './cell';
import { INITIAL_COMPARE, createCompare } from './compare';
import type { AppStore, Context, Platform } from './context';
import { INITIAL_CURVES, createCurves } from './curves';
import { INITIAL_EVALUATIONS, createEvaluations } from './evaluations';
import { INITIAL_EXPORT, createExport } from './export';
import { INITIAL_LAYERS, createLayers } from './layers';
import { INITIAL_NEURON, createNeuron } from './neuron';
import type { Address } from './link';
import { createLink } from './link';
import { INITIAL_MAP, createMap } from './map';
import { INITIAL_MODEL, createModel } from './model';
import { INITIAL_PICTURE, createPicture } from './picture';
import { INITIAL_RACE } from './race-state';
import { INITIAL_RECIPE, createRecipe } from './recipe';
import { INITIAL_RELATED, createRelated } from './related';
import { INITIAL_RIBBONS, createRibbons } from './ribbons';
import { INITIAL_SECOND, createSecond } from './second';
import type { AppState } from './state';
import { INITIAL_SUMMARY, createSummary } from './summary';
import { createTimeline } from './timeline';
import { INITIAL_TRY } from './try-state';
import { createView } from './view';

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
  attempt: INITIAL_TRY,
  layers: INITIAL_LAYERS,
  neuron: INITIAL_NEURON,
  summary: INITIAL_SUMMARY,
  arrays: INITIAL_ARRAYS,
  exporting: INITIAL_EXPORT,
  notices: [],
  theme: { choice: 'system', resolved: 'light' },
  dialog: null,
};

/** Store and actions of the page, without any of its elements. */
export function createApp(plainEngine: EngineApi, platform: Platform, address: Address) {
  const store: AppStore = createStore<AppState>()(subscribeWithSelector(() => INITIAL_STATE));
  const engine = watched(plainEngine, () => void backend.refreshMemory());
  const context: Context = { engine, store, platform };

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
  const arrays = createArrays(context);
  const exporting = createExport(context);
  const link = createLink(store, model, address);

  return {
    store,
    platform,
    /** For slices that are made when they are first asked for. */
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
    arrays,
    exporting,
    link,

    /** Starts the backend and opens the model that the address asks for. */
    async begin(): Promise<void> {
      if (await backend.begin()) await link.restore();
    },

    /** Goes on with the same model on another backend. */
    async switchBackend(choice: BackendChoice): Promise<void> {
      compare.cancel();
      compare.cancelShown();
      if (await backend.choose(choice)) await model.reopen();
    },
  };
}
export type App = ReturnType<typeof createApp>;

/** Jobs that leave the memory in use as it was. */
const SMALL: ReadonlySet<JobName> = new Set(['picture', 'cell', 'order', 'curve', 'strongest', 'related']);

/** The same engine; `after` is called when a job that may have changed the memory in use has ended. */
function watched(engine: EngineApi, after: () => void): EngineApi {
  return {
    run(name, args, options) {
      const job = engine.run(name, args, options);
      if (!SMALL.has(name)) job.then(after, after);
      return job;
    },
  };
}

export const AppContext = createContext<App | undefined>(undefined);

/** The app around this component. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('useApp needs an AppContext around it.');
  return app;
}

/** A part of the state; the component renders again only when that part changes. */
export function useAppState<T>(selector: (state: AppState) => T): T {
  return useStore(useApp().store, selector);
}
