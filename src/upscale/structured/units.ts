import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { blockTensor } from '../block/block-tensor';
import type { Compared } from '../contract/context';
import { gathered, moveRows, transposed } from './blocks';
import { beside, type Features, joint } from './features';
import { groupSize, headRows, type HeadLayout, range } from './heads';
import type { HeadMatch } from './match';

const both = ({ previous, next }: Compared, key: string): Features => ({
  a: blockTensor(previous, key),
  b: blockTensor(next, key),
});

/**
 * Features of the MLP's hidden units, `[m, 2d]`: rows of gate and of up; with `outputs` also columns of down, `[m, 3d]`.
 * Of activations, which gate and up share, `[m, tokens]`. The caller owns both.
 */
export async function hiddenUnits(
  backend: Backend,
  parents: Compared,
  outputs: boolean,
  signal?: AbortSignal,
): Promise<Features> {
  const scope = new Scope(backend);
  try {
    const [gate, up] = [both(parents, 'mlp.gate_proj.weight'), both(parents, 'mlp.up_proj.weight')];
    const parts = gate.a === up.a ? [gate] : [gate, up];
    if (outputs) {
      const { a, b } = both(parents, 'mlp.down_proj.weight');
      parts.push({
        a: scope.own(await transposed(backend, a, signal)),
        b: scope.own(await transposed(backend, b, signal)),
      });
    }
    return await joint(backend, parts);
  } finally {
    scope.free();
  }
}

/**
 * Features of the value dimensions, `[kvHeads · h, d]`, those of the previous block in the order of the groups they are
 * matched with: rows of v; with `outputs` also the columns of o that read the dimension, one for every query head of the
 * group, `[kvHeads · h, d + groupSize · d]`. The caller owns both.
 */
export async function valueDimensions(
  backend: Backend,
  parents: Compared,
  layout: HeadLayout,
  { groups, heads }: Pick<HeadMatch, 'groups' | 'heads'>,
  outputs: boolean,
  signal?: AbortSignal,
): Promise<Features> {
  const scope = new Scope(backend);
  try {
    const { headDim } = layout;
    const { a, b } = both(parents, 'self_attn.v_proj.weight');
    const parts = [{ a: scope.own(await moveRows(backend, a, { headDim, source: groups })), b }];
    if (outputs) {
      const o = both(parents, 'self_attn.o_proj.weight');
      const inPlace = Uint32Array.from(range(layout.heads));
      parts.push({
        a: scope.own(await readers(backend, o.a, layout, heads, signal)),
        b: scope.own(await readers(backend, o.b, layout, inPlace, signal)),
      });
    }
    return await joint(backend, parts);
  } finally {
    scope.free();
  }
}

/** Per value dimension the columns of o that read it, side by side: `[kvHeads · h, groupSize · d]`. Heads as in `heads`. */
async function readers(
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
      return scope.own(gathered(backend, columns, headRows(slotHeads, headDim), 0));
    });
    return beside(backend, slots);
  } finally {
    scope.free();
  }
}
