import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { blockTensor } from '../block/block-tensor';
import type { ComparedBlocks } from '../contract/context';
import { gatherRows, moveRows, transposed } from './move';
import { concatColumns, type FeaturePair, joinFeatures } from './features';
import { groupSize, headRows, type HeadLayout, range } from './heads';
import type { HeadMatch } from './match';

const pairOf = ({ previous, next }: ComparedBlocks, key: string): FeaturePair => ({
  a: blockTensor(previous, key),
  b: blockTensor(next, key),
});

/**
 * Features of the MLP's hidden units: rows of gate and up `[m, 2d]`, with `outputs` also columns of down `[m, 3d]`. If
 * activations are compared, which gate and up share: `[m, tokens]`. The caller owns both results.
 */
export async function hiddenUnits(
  backend: Backend,
  parents: ComparedBlocks,
  outputs: boolean,
  signal?: AbortSignal,
): Promise<FeaturePair> {
  const scope = new Scope(backend);
  try {
    const [gate, up] = [pairOf(parents, 'mlp.gate_proj.weight'), pairOf(parents, 'mlp.up_proj.weight')];
    const parts = gate.a === up.a ? [gate] : [gate, up];
    if (outputs) {
      const { a, b } = pairOf(parents, 'mlp.down_proj.weight');
      parts.push({
        a: scope.own(await transposed(backend, a, signal)),
        b: scope.own(await transposed(backend, b, signal)),
      });
    }
    return await joinFeatures(backend, parts);
  } finally {
    scope.free();
  }
}

/**
 * Features of the value dimensions: rows of v `[kvHeads · h, d]`; with `outputs` also the columns of o that read the
 * dimension, one per query head of the group, `[kvHeads · h, d + groupSize · d]`. The previous block's groups are put in
 * the order of the next block's groups that they are matched with. The caller owns both results.
 */
export async function valueDimensions(
  backend: Backend,
  parents: ComparedBlocks,
  layout: HeadLayout,
  { groups, heads }: Pick<HeadMatch, 'groups' | 'heads'>,
  outputs: boolean,
  signal?: AbortSignal,
): Promise<FeaturePair> {
  const scope = new Scope(backend);
  try {
    const { headDim } = layout;
    const { a, b } = pairOf(parents, 'self_attn.v_proj.weight');
    const parts = [{ a: scope.own(await moveRows(backend, a, { headDim, source: groups })), b }];
    if (outputs) {
      const o = pairOf(parents, 'self_attn.o_proj.weight');
      const inPlace = Uint32Array.from(range(layout.heads));
      parts.push({
        a: scope.own(await outputColumns(backend, o.a, layout, heads, signal)),
        b: scope.own(await outputColumns(backend, o.b, layout, inPlace, signal)),
      });
    }
    return await joinFeatures(backend, parts);
  } finally {
    scope.free();
  }
}

/** Per value dimension the columns of o that read it, side by side: `[kvHeads · h, groupSize · d]`, in the order of `heads`. */
async function outputColumns(
  backend: Backend,
  o: Tensor,
  layout: HeadLayout,
  heads: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<Tensor> {
  const { kvHeads, headDim } = layout;
  const size = groupSize(layout);
  const scope = new Scope(backend);
  try {
    const columns = scope.own(await transposed(backend, o, signal));
    const slots = range(size).map((slot) => {
      const slotHeads = range(kvHeads).map((group) => heads[group * size + slot] ?? 0);
      return scope.own(gatherRows(backend, columns, headRows(slotHeads, headDim), 0));
    });
    return concatColumns(backend, slots);
  } finally {
    scope.free();
  }
}
