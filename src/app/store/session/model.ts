/*
 * Room `store/session`: actions shared by the stages: backend, model, recipe, view, link, export, theme, notices.
 * Imports `core`, `state` and `derived`; the actions of the stages may import it.
 */

import type { JobFailure, ModelInfo, OpenSource } from '../../../engine/jobs';
import type { ModelSource, Recipe } from '../../../recipe/schema';
import { recipeGaps } from '../../methods/gaps';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { HubModel } from '../../../recipe/hub';
import type { WithDialog } from '../state/dialog';
import type { WithHub } from '../state/hub';
import type { WithModel } from '../state/model';
import type { WithNotices } from '../state/notices';
import type { WithRecipe } from '../state/recipe';
import { hubSource } from './hub-source';
import { notify } from './notices';

type Needs = WithModel & WithRecipe & WithNotices & WithHub & WithDialog;

/** Failures that a token may mend. */
const NEEDS_TOKEN: ReadonlySet<string> = new Set(['GatedRepositoryError', 'NoAccessError']);

export const SHIPPED_NAME = 'interlayer-fairy-1.7m';
const SHIPPED_PATH = `models/${SHIPPED_NAME}/`;

/** Adapts the recipe to the model: if some listed gaps do not exist, the preset `top` replaces the list. */
function fitting(recipe: Recipe, info: ModelInfo): Recipe {
  const gaps = recipeGaps(recipe, info.layers);
  const fits = typeof recipe.gaps === 'string' || gaps.length === recipe.gaps.length;
  return fits ? recipe : { ...recipe, gaps: 'top' };
}

/** Returns an address as a recipe has it: that of a folder ends with a slash. */
export const folderOrFile = (url: string): string => (/(\/|\.gguf(\?.*)?)$/i.test(url) ? url : `${url}/`);

export function createModel({ engine, store, platform, tokens }: Context<Needs>) {
  const latest = new LatestTask();
  let current: { source: OpenSource; model: ModelSource } | undefined;
  /** Opens the model once more that was asked for last and could not be opened. */
  let failed: (() => Promise<boolean>) | undefined;

  async function open(source: OpenSource, model: ModelSource, name: string): Promise<boolean> {
    let opened = false;
    failed = undefined;
    await latest.run(async (signal) => {
      patch(store, 'model', { opening: { name } });
      const before = store.getState().model.info;
      try {
        const info = await engine.run(
          'open',
          { source },
          {
            signal,
            onEvent: (event) => {
              if (event.type === 'progress' && !signal.aborted)
                patch(store, 'model', { opening: { name, progress: event.progress } });
            },
          },
        );
        if (signal.aborted) return;
        current = { source, model };
        opened = true;
        for (const notice of info.notices) notify(store, 'info', name, notice);
        store.setState((state) => {
          const same = JSON.stringify(state.recipe.current.model) === JSON.stringify(model);
          const recipe = { current: fitting({ ...state.recipe.current, model }, info), past: [], future: [] };
          return { model: { id: state.model.id + 1, info }, recipe: same && before ? state.recipe : recipe };
        });
      } catch (error) {
        if (signal.aborted || isAbort(error)) return;
        const failure = toFailure(error);
        failed = () => open(source, model, name);
        if (model.kind === 'hub' && NEEDS_TOKEN.has(failure.name)) askForToken(model, failure);
        else notify(store, 'error', `Could not open ${name}`, failure.message, 'try again');
        patch(store, 'model', (before) => (before.info === undefined ? { failure } : {}));
      } finally {
        if (!signal.aborted) patch(store, 'model', { opening: undefined });
      }
    });
    return opened;
  }

  /** Returns a function that opens the model that is open now once more; undefined if none is open. */
  function hold(): (() => Promise<boolean>) | undefined {
    if (current === undefined) return undefined;
    const { source, model } = current;
    const name = store.getState().model.info?.name ?? 'the model';
    return () => open(source, model, name);
  }

  /** Opens the dialog that takes a token, with the model that needs it. */
  function askForToken({ kind: _, ...model }: HubModel & { kind: 'hub' }, failure: JobFailure): void {
    patch(store, 'hub', { lookUp: { status: 'failed', model, failure } });
    store.setState({ dialog: 'hub' });
  }

  return {
    openShipped(): Promise<boolean> {
      const url = new URL(SHIPPED_PATH, platform.base).href;
      return open({ kind: 'url', url, name: SHIPPED_NAME }, { kind: 'shipped' }, SHIPPED_NAME);
    },

    openUrl(url: string): Promise<boolean> {
      const address = folderOrFile(url);
      return open({ kind: 'url', url: address }, { kind: 'url', url: address }, address);
    },

    openHub(model: HubModel): Promise<boolean> {
      return open(hubSource(model, tokens), { kind: 'hub', ...model }, model.repo);
    },

    openFiles(files: readonly File[], name: string): Promise<boolean> {
      return open({ kind: 'files', files, name }, { kind: 'local', name }, name);
    },

    tryAgain: async (): Promise<boolean> => (await failed?.()) ?? false,

    /** Opens the current model again: after the backend was switched, or its files have changed. */
    reopen: async (): Promise<boolean> => (await hold()?.()) ?? false,

    hold,

    cancelOpening(): void {
      latest.cancel();
      patch(store, 'model', { opening: undefined });
    },
  };
}
export type ModelActions = ReturnType<typeof createModel>;
