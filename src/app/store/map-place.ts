import type { Jobs, ModelInfo } from '../../engine/jobs';
import type { CellAddress, TensorName, View } from '../../recipe/view';
import { TENSOR_WORDS } from '../tensors';
import type { AppState } from './state';

/** Which neurons a map compares: those of all blocks, of the heads of two, or of two blocks or two heads. */
export type MapLevel = Jobs['map']['args']['level'];

/** How many heads a tensor's rows belong to; 0 where they belong to none. */
export function headCount(tensor: TensorName, { heads, kvHeads }: ModelInfo): number {
  if (tensor === 'q') return heads;
  return tensor === 'k' || tensor === 'v' ? kvHeads : 0;
}

const inside = ({ row, column }: CellAddress, count: number) => row < count && column < count;

/** What the map is opened into, as far as the model and the tensor have it. */
export function mapPath(view: Pick<View, 'mapPath' | 'tensor'>, model: ModelInfo): readonly CellAddress[] {
  const [blocks, heads] = view.mapPath;
  if (blocks === undefined || !inside(blocks, model.layers)) return [];
  return heads !== undefined && inside(heads, headCount(view.tensor, model)) ? [blocks, heads] : [blocks];
}

/** What is compared after opening `path`: rows of q, k and v belong to heads, those of the others only to their block. */
export function mapLevel(path: readonly CellAddress[], tensor: TensorName, model: ModelInfo): MapLevel {
  const [blocks, heads] = path;
  if (blocks === undefined) return { kind: 'blocks' };
  const pair = { previous: blocks.row, next: blocks.column };
  if (heads !== undefined) return { kind: 'neurons', ...pair, heads: [heads.row, heads.column] };
  return { kind: headCount(tensor, model) > 0 ? 'heads' : 'neurons', ...pair };
}

/** How many rows (and columns) a level has, before pooling. */
export function mapRows(level: MapLevel, tensor: TensorName, model: ModelInfo): number {
  if (level.kind === 'blocks') return model.layers;
  if (level.kind === 'heads') return headCount(tensor, model);
  return level.heads ? model.headDim : TENSOR_WORDS[tensor].rows(model);
}

/** The pair of blocks that is chosen on the map, or that it was opened into. */
export function chosenBlocks({ view, model }: Pick<AppState, 'view' | 'model'>): CellAddress | undefined {
  if (model.info === undefined) return undefined;
  const [opened] = mapPath(view, model.info);
  if (opened !== undefined) return opened;
  const { mapCell } = view;
  return mapCell !== null && inside(mapCell, model.info.layers) ? mapCell : undefined;
}
