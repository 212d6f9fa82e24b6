import { writeMergekit } from '../../recipe/mergekit';
import type { Recipe } from '../../recipe/schema';
import { isOutputProjection } from '../block/block-tensor';
import type { NewBlock } from '../block/new-block';
import { isLayout } from '../contract/method';
import { blockSpecs } from '../expanding/block-specs';
import type { Expansion } from '../expanding/expansion';
import { type SliceBlock, toSlices } from '../expanding/slices';
import { methodOf } from '../methods';

/**
 * Returns the mergekit configuration that makes the same model: every block a base block, with its output projections scaled.
 * Undefined where none does, because a new block has tensors that mergekit's passthrough does not compute.
 * @param layers number of base blocks. @param model name of the base model.
 */
export function mergekitText(
  expansion: Expansion,
  recipe: Recipe,
  layers: number,
  model: string,
): string | undefined {
  const { dtype, outDtype } = recipe;
  const dtypes = { ...(dtype ? { dtype } : {}), ...(outDtype ? { outDtype } : {}) };
  const steps = isLayout(methodOf(recipe.method)) ? ofLayout(recipe, layers) : ofPlaces(expansion);
  if (!steps.every((step) => step !== undefined)) return undefined;
  // mergekit takes a name without a slash for a repository.
  const hint = model.includes('/')
    ? ''
    : `# ${model} is a folder: put its path there, or the repository of the base model.\n`;
  return `${hint}${writeMergekit({ model, slices: toSlices(steps), ...dtypes })}`;
}

const ofLayout = (recipe: Recipe, layers: number): SliceBlock[] =>
  blockSpecs(recipe, layers).map((place) => ({
    index: place.kind === 'new' ? place.gap : place.index,
    scale: place.kind === 'scaled' ? place.scale : 1,
  }));

const ofPlaces = ({ places }: Expansion): (SliceBlock | undefined)[] =>
  places.map((place) => (place.kind === 'new' ? ofBlock(place.block) : { index: place.index, scale: 1 }));

/** A new block as a base block, if it is a copy of one, or of all but its output projections, which are zero. */
function ofBlock({ tensors }: NewBlock): SliceBlock | undefined {
  const copied = new Set<number>();
  const outputsZero = new Set<boolean>();
  for (const [key, tensor] of tensors) {
    const zero = tensor.origin === 'zero';
    if (tensor.origin === 'computed' || (zero && !isOutputProjection(key))) return undefined;
    if (tensor.origin === 'copy') copied.add(tensor.of);
    if (isOutputProjection(key)) outputsZero.add(zero);
  }
  const [index] = copied;
  const [zeroed] = outputsZero;
  if (index === undefined || copied.size > 1 || outputsZero.size > 1) return undefined;
  return { index, scale: zeroed === true ? 0 : 1 };
}
