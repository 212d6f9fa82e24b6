import type { Backend } from '../src/backend/operations';
import type { LlamaConfig } from '../src/llama/config';
import type { Weights } from '../src/llama/weights';
import { DEFAULT_RECIPE, type MethodId } from '../src/recipe/schema';
import { methodOf } from '../src/upscale/methods';
import { isLayout } from '../src/upscale/contract/method';
import { makeBlock, readBlock, relativeDistance } from '../src/upscale/methods/testing';
import { Random } from './random';
import {
  type HostBlock,
  rotatePairs,
  shuffleGroups,
  shuffleQueryHeads,
  shuffleUnits,
  shuffleValues,
} from './symmetry';

const perGroup = <T>({ kvHeads }: LlamaConfig, make: () => T): T[] => Array.from({ length: kvHeads }, make);

/** Returns an order without fixed points, so that small numbers of heads are shuffled too. */
const cycle = (count: number): number[] => Array.from({ length: count }, (_, i) => (i + 1) % count);

/** Random changes of a block's weights that do not change what it computes. */
export const SYMMETRIES: Readonly<
  Record<string, (block: HostBlock, config: LlamaConfig, random: Random) => HostBlock>
> = {
  'hidden units': (block, { intermediateSize }, random) =>
    shuffleUnits(block, random.permutation(intermediateSize)),
  'key-value groups': (block, config) => shuffleGroups(block, config, cycle(config.kvHeads)),
  'query heads in a group': (block, config) =>
    shuffleQueryHeads(
      block,
      config,
      perGroup(config, () => cycle(config.heads / config.kvHeads)),
    ),
  'value dimensions': (block, config, random) =>
    shuffleValues(
      block,
      config,
      perGroup(config, () => random.permutation(config.headDim)),
    ),
  'rotations of rotary pairs': (block, config, random) =>
    rotatePairs(
      block,
      config,
      perGroup(config, () => random.uniforms(config.headDim / 2, -Math.PI, Math.PI)),
    ),
};

/** How well a method undoes a symmetry. */
export interface SymmetryCell {
  readonly symmetry: string;
  readonly method: MethodId;
  /** `structured.rotate` of the recipe; other methods ignore it. */
  readonly rotate: boolean;
  /** ‖fused − original‖ / ‖original‖ over all tensors of the un-zeroed block; 0 means undone. */
  readonly distance: number;
  /** The same for the part of the block that was shuffled: its MLP or its attention. */
  readonly part: number;
}

const COMPARED: readonly MethodId[] = [
  'average',
  'opt-deus:literal',
  'opt-deus:paper',
  'opt-deus:tf',
  'opt-deus:relative',
  'opt-deus:hard',
  'opt-deus:structured',
];

/**
 * For every method and symmetry, fuses a block with a shuffled copy of itself as the previous block. `structured` uses exact
 * plans, with and without rotations; other methods use the solver of the default recipe.
 */
export async function symmetryTable(
  backend: Backend,
  weights: Weights,
  index: number,
  methods: readonly MethodId[] = COMPARED,
): Promise<SymmetryCell[]> {
  const { config } = weights;
  const next = await readBlock(backend, await weights.block(index));
  weights.release(index);
  const cells: SymmetryCell[] = [];
  for (const [symmetry, shuffle] of Object.entries(SYMMETRIES)) {
    const previous = shuffle(next, config, new Random(3));
    for (const id of methods) {
      const method = methodOf(id);
      if (isLayout(method)) throw new Error(`${id} fuses no blocks`);
      const structured = id === 'opt-deus:structured';
      const kind = structured ? 'exact' : 'method';
      for (const rotate of structured ? [false, true] : [false]) {
        const { values } = await makeBlock(
          backend,
          config,
          method,
          { previous, next },
          {
            solver: { ...DEFAULT_RECIPE.solver, kind },
            structured: { ...DEFAULT_RECIPE.structured, rotate },
          },
        );
        const distance = relativeDistance(values, next);
        const part = relativeDistance(values, next, symmetry === 'hidden units' ? 'mlp' : 'self_attn');
        cells.push({ symmetry, method: id, rotate, distance, part });
      }
    }
  }
  return cells;
}
