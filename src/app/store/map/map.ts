/* Room `store/map`: actions of Map. Imports `session` and what is below it. */

import type { CellAddress } from '../../../recipe/view';
import { comparesActivations, methodInfo } from '../../methods/methods';
import { TENSOR_INFO } from '../../words/tensors';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import { LruCache } from '../core/lru-cache';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { chosenBlocks, mapLevel, mapPath, requestedMap } from '../derived/map';
import { headCount } from '../derived/part';
import type { RecipeActions } from '../session/recipe';
import type { WithBackend } from '../state/backend';
import type { DistanceMap, WithMap } from '../state/map';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithMap;

const CACHE_BYTES = 32 * 2 ** 20;

/** Actions of the distance map. It is computed again whenever the view asks for another one. */
export function createMap({ engine, store }: Context<Needs>, recipe: RecipeActions) {
  const latest = new LatestTask();
  const cache = new LruCache<DistanceMap>(CACHE_BYTES);

  async function compare(wanted: NonNullable<ReturnType<typeof requestedMap>>): Promise<void> {
    const { key, tensor, level, cost, nullDraws, rows } = wanted;
    const arrive = (result: DistanceMap) =>
      patch(store, 'map', {
        phase: 'ready',
        shown: { key, tensor, level, rows, result },
        progress: undefined,
        failure: undefined,
      });
    const cached = cache.get(key);
    if (cached !== undefined) {
      arrive(cached);
      return;
    }
    await latest.run(async (signal) => {
      patch(store, 'map', { phase: 'working', progress: undefined, failure: undefined });
      try {
        const result = await engine.run(
          'map',
          { tensor: TENSOR_INFO[tensor].fullName, level, cost, nullDraws },
          {
            signal,
            onEvent: (event) => {
              if (event.type === 'progress' && !signal.aborted)
                patch(store, 'map', { progress: event.progress });
            },
          },
        );
        if (signal.aborted) return;
        cache.set(key, result, result.distances.byteLength + result.relative.byteLength);
        arrive(result);
      } catch (error) {
        if (signal.aborted) return;
        if (isAbort(error)) patch(store, 'map', { phase: 'stopped', progress: undefined });
        else patch(store, 'map', { phase: 'failed', failure: toFailure(error), progress: undefined });
      }
    });
  }

  function follow(): void {
    latest.cancel();
    const wanted = requestedMap(store.getState());
    if (wanted === undefined) patch(store, 'map', { phase: 'idle', progress: undefined });
    else void compare(wanted);
  }

  store.subscribe((state) => requestedMap(state)?.key, follow);

  const show = (path: readonly CellAddress[], cell: CellAddress | null) =>
    patch(store, 'view', { mapPath: path, mapCell: cell });

  return {
    again: follow,

    stop(): void {
      latest.cancel();
      patch(store, 'map', { phase: 'stopped', progress: undefined });
    },

    choose(cell: CellAddress | null): void {
      patch(store, 'view', { mapCell: cell });
    },

    /** Opens a pair of blocks as heads or neurons, or a pair of heads as neurons. Neurons are the last level. */
    open(cell: CellAddress): void {
      const { view, model } = store.getState();
      if (model.info === undefined) return;
      const path = mapPath(view, model.info);
      const { kind } = mapLevel(path, view.tensor, model.info);
      if (kind !== 'neurons') show([...path, cell], null);
    },

    /** Returns to an earlier level and selects the pair that was opened there. */
    backTo(depth: number): void {
      const { view, model } = store.getState();
      if (model.info === undefined) return;
      const path = mapPath(view, model.info);
      if (depth < path.length) show(path.slice(0, depth), path[depth] ?? null);
    },

    /** Makes the chosen blocks the parents of a gap. */
    makeParents(gap: number): void {
      const pair = chosenBlocks(store.getState());
      if (pair !== undefined) recipe.setParents(gap, [pair.row, pair.column]);
    },

    /** Shows the chosen blocks in Align, with the chosen pair of neurons if there is one. */
    align(gap: number): void {
      const { view, model, map, recipe: recipes } = store.getState();
      if (model.info === undefined) return;
      const [, heads] = mapPath(view, model.info);
      const fine = map.shown?.level.kind === 'neurons' && map.shown.result.rows === map.shown.rows;
      // If heads are matched first, rows are moved before they are compared, so the pair would be another one.
      const { current } = recipes;
      const moved = methodInfo(current.method).headPlans.length > 0 || comparesActivations(current);
      const kept = fine && !moved ? view.mapCell : null;
      const offset = heads !== undefined && headCount(view.tensor, model.info) > 0 ? model.info.headDim : 0;
      const cell = kept && {
        row: kept.row + offset * (heads?.row ?? 0),
        column: kept.column + offset * (heads?.column ?? 0),
      };
      patch(store, 'view', { tab: 'align', gap, cell, halfStep: null, part: null });
    },
  };
}
