import type { JobFailure, Jobs, Progress } from '../../engine/jobs';
import type { CellAddress, TensorName } from '../../recipe/view';
import { gapParents, recipeGaps } from '../gaps';
import { comparesActivations } from '../methods';
import { TENSOR_WORDS } from '../tensors';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import { Latest } from './latest';
import { Lru } from './lru';
import type { MapLevel } from './map-place';
import { chosenBlocks, headCount, mapLevel, mapPath, mapRows } from './map-place';
import type { RecipeActions } from './recipe';
import type { AppState } from './state';

type DistanceMap = Jobs['map']['result'];

interface ShownMap {
  readonly key: string;
  readonly tensor: TensorName;
  readonly level: MapLevel;
  /** Rows and columns before pooling. */
  readonly rows: number;
  readonly result: DistanceMap;
}

export interface MapState {
  readonly phase: 'idle' | 'working' | 'ready' | 'stopped' | 'failed';
  /** The last map that arrived; of another place or tensor until its own is there. */
  readonly shown?: ShownMap | undefined;
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

export const INITIAL_MAP: MapState = { phase: 'idle' };

const CACHE_BYTES = 32 * 2 ** 20;

/** Everything a map depends on; undefined while none is looked at. */
export function wantedMap({ model, backend, recipe, view }: AppState) {
  const { info, id } = model;
  if (info === undefined || backend.status !== 'ready' || view.tab !== 'map') return undefined;
  const { tensor } = view;
  const level = mapLevel(mapPath(view, info), tensor, info);
  // What is compared here is weights, whatever features the method's own cost takes.
  const cost = { ...recipe.current.cost, features: 'weights' as const };
  const key = JSON.stringify([id, backend.summary?.kind, tensor, level, cost]);
  return { key, tensor, level, cost, rows: mapRows(level, tensor, info) };
}

/** A gap whose new block is made from these two, if there is one: one that is filled, or that lies between them. */
export function gapOfBlocks(
  { recipe, model }: Pick<AppState, 'recipe' | 'model'>,
  { row, column }: CellAddress,
): number | undefined {
  const layers = model.info?.layers ?? 0;
  const of = (gap: number) => String(gapParents(recipe.current, gap)) === String([row, column]);
  const filled = recipeGaps(recipe.current, layers);
  return filled.find(of) ?? (filled.length > 0 && row + 1 < layers && of(row) ? row : undefined);
}

/** Maps of distances, coarse to fine: always the one that the view asks for. */
export function createMap({ engine, store }: Context, recipe: RecipeActions) {
  const latest = new Latest();
  const cache = new Lru<DistanceMap>(CACHE_BYTES);

  async function compare(wanted: NonNullable<ReturnType<typeof wantedMap>>): Promise<void> {
    const { key, tensor, level, cost, rows } = wanted;
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
          { tensor: TENSOR_WORDS[tensor].planned, level, cost },
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
    const wanted = wantedMap(store.getState());
    if (wanted === undefined) patch(store, 'map', { phase: 'idle', progress: undefined });
    else void compare(wanted);
  }

  store.subscribe((state) => wantedMap(state)?.key, follow);

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

    /** Opens a pair of blocks into heads or neurons, a pair of heads into neurons. Neurons are as fine as it gets. */
    open(cell: CellAddress): void {
      const { view, model } = store.getState();
      if (model.info === undefined) return;
      const path = mapPath(view, model.info);
      const { kind } = mapLevel(path, view.tensor, model.info);
      if (kind !== 'neurons') show([...path, cell], null);
    },

    /** Goes back to a level that was opened before, with the pair chosen that was opened there. */
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

    /** Shows the chosen blocks, and a pair of their neurons that is chosen, in Align. */
    align(gap: number): void {
      const { view, model, map, recipe: recipes } = store.getState();
      if (model.info === undefined) return;
      const [, heads] = mapPath(view, model.info);
      const fine = map.shown?.level.kind === 'neurons' && map.shown.result.rows === map.shown.rows;
      // Where heads are matched first, rows are moved before they are compared: they would not be these.
      const { current } = recipes;
      const moved = current.method === 'opt-deus:structured' || comparesActivations(current);
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
