import type { ModelInfo } from '../../../engine/jobs';
import type { CellAddress, TensorName, View } from '../../../recipe/view';
import { gapParents, recipeGaps } from '../../methods/gaps';
import { TENSOR_INFO } from '../../words/tensors';
import type { WithBackend } from '../state/backend';
import type { MapLevel } from '../state/map';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { headCount } from './part';

type Needs = WithBackend & WithModel & WithRecipe & WithView;

const inside = ({ row, column }: CellAddress, count: number) => row < count && column < count;

/** The pairs the user opened in the map, without those that the model or tensor lacks. */
export function mapPath(view: Pick<View, 'mapPath' | 'tensor'>, model: ModelInfo): readonly CellAddress[] {
  const [blocks, heads] = view.mapPath;
  if (blocks === undefined || !inside(blocks, model.layers)) return [];
  return heads !== undefined && inside(heads, headCount(view.tensor, model)) ? [blocks, heads] : [blocks];
}

/** What is compared after opening `path`. Rows of q, k and v belong to heads; rows of other tensors only to a block. */
export function mapLevel(path: readonly CellAddress[], tensor: TensorName, model: ModelInfo): MapLevel {
  const [blocks, heads] = path;
  if (blocks === undefined) return { kind: 'blocks' };
  const pair = { previous: blocks.row, next: blocks.column };
  if (heads !== undefined) return { kind: 'neurons', ...pair, heads: [heads.row, heads.column] };
  return { kind: headCount(tensor, model) > 0 ? 'heads' : 'neurons', ...pair };
}

/** How many rows (and columns) a level has, before pooling. */
function mapRows(level: MapLevel, tensor: TensorName, model: ModelInfo): number {
  if (level.kind === 'blocks') return model.layers;
  if (level.kind === 'heads') return headCount(tensor, model);
  return level.heads ? model.headDim : TENSOR_INFO[tensor].rows(model);
}

/** The pair of blocks that is chosen or opened in the map. */
export function chosenBlocks({ view, model }: WithView & WithModel): CellAddress | undefined {
  if (model.info === undefined) return undefined;
  const [opened] = mapPath(view, model.info);
  if (opened !== undefined) return opened;
  const { mapCell } = view;
  return mapCell !== null && inside(mapCell, model.info.layers) ? mapCell : undefined;
}

/** Draws of the null of every pair of blocks: enough to tell shares of a few percent. */
const NULL_DRAWS = 3;

/** The map to compute, with the key of everything it depends on; undefined if the map is not on show. */
export function requestedMap({ model, backend, recipe, view }: Needs) {
  const { info, id } = model;
  if (info === undefined || backend.status !== 'ready' || view.tab !== 'map') return undefined;
  const { tensor } = view;
  const level = mapLevel(mapPath(view, info), tensor, info);
  // The map always compares weights, even if the cost of the method uses activations.
  const cost = { ...recipe.current.cost, features: 'weights' as const };
  const nullDraws = level.kind === 'blocks' && view.mapValue === 'null' ? NULL_DRAWS : 0;
  const key = JSON.stringify([id, backend.summary?.kind, tensor, level, cost, nullDraws]);
  return { key, tensor, level, cost, nullDraws, rows: mapRows(level, tensor, info) };
}

/** The gap with these two parents: a filled one, else the one between them; undefined if none. */
export function gapOfBlocks(
  { recipe, model }: WithRecipe & WithModel,
  { row, column }: CellAddress,
): number | undefined {
  const layers = model.info?.layers ?? 0;
  const of = (gap: number) => String(gapParents(recipe.current, gap)) === String([row, column]);
  const filled = recipeGaps(recipe.current, layers);
  return filled.find(of) ?? (filled.length > 0 && row + 1 < layers && of(row) ? row : undefined);
}
