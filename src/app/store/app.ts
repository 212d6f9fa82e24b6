import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { subscribeWithSelector } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { EngineApi } from '../../engine/jobs';
import { DEFAULT_VIEW } from '../../recipe/view';
import { INITIAL_ALIGN, createAlign } from './align';
import { type BackendChoice, INITIAL_BACKEND, createBackend } from './backend';
import { INITIAL_CELL, createCell } from './cell';
import { INITIAL_COMPARE, createCompare } from './compare';
import type { AppStore, Context, Platform } from './context';
import { INITIAL_EVALUATIONS, createEvaluations } from './evaluations';
import { INITIAL_EXPORT, createExport } from './export';
import type { Address } from './link';
import { createLink } from './link';
import { INITIAL_MAP, createMap } from './map';
import { INITIAL_MODEL, createModel } from './model';
import { INITIAL_PICTURE, createPicture } from './picture';
import { INITIAL_RECIPE, createRecipe } from './recipe';
import type { AppState } from './state';
import { createTimeline } from './timeline';
import { createView } from './view';

const INITIAL_STATE: AppState = {
  backend: INITIAL_BACKEND,
  model: INITIAL_MODEL,
  recipe: INITIAL_RECIPE,
  view: DEFAULT_VIEW,
  align: INITIAL_ALIGN,
  picture: INITIAL_PICTURE,
  cell: INITIAL_CELL,
  map: INITIAL_MAP,
  evaluations: INITIAL_EVALUATIONS,
  compare: INITIAL_COMPARE,
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
  const align = createAlign(context);
  createPicture(context, () => align.again());
  const timeline = createTimeline(context);
  const cell = createCell(context);
  const map = createMap(context, recipe);
  const evaluations = createEvaluations(context);
  const compare = createCompare(context, evaluations);
  const exporting = createExport(context);
  const link = createLink(store, model, address);

  return {
    store,
    platform,
    backend,
    model,
    recipe,
    view,
    align,
    timeline,
    cell,
    map,
    evaluations,
    compare,
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

/** The same engine; `after` is called when a job that may have changed the memory in use has ended. */
function watched(engine: EngineApi, after: () => void): EngineApi {
  return {
    run(name, args, options) {
      const job = engine.run(name, args, options);
      if (name !== 'picture' && name !== 'cell') job.then(after, after);
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
