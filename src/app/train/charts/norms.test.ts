import { describe, expect, it } from 'vitest';
import { testRun } from '../../store/train/testing';
import { kindNorms, normScale, trainedBlocks } from './norms';

const name = (block: number, rest: string) => `model.layers.${block}.${rest}.weight`;
const [evaluation] = testRun('a', 0).evaluations;
const run = {
  ...testRun('a', 0),
  gradients: {
    [name(10, 'self_attn.o_proj')]: [3, 1],
    [name(9, 'self_attn.o_proj')]: [4, 1],
    [name(9, 'self_attn.q_proj')]: [0, 2],
    [name(9, 'input_layernorm')]: [0, 0.5],
    'model.norm.weight': [7, 7],
  },
  evaluations: [
    {
      step: 20,
      heldout: 3,
      retention: 2,
      response: null,
      ...evaluation,
      moved: {
        [name(9, 'self_attn.o_proj')]: { distance: 6, from: 0 },
        [name(10, 'self_attn.o_proj')]: { distance: 8, from: 0 },
        [name(9, 'self_attn.q_proj')]: { distance: 1, from: 4 },
      },
    },
  ],
};

describe('norms by kind', () => {
  it('are put together over the blocks as one long vector’s', () => {
    const kinds = kindNorms(run, 'all');
    expect(kinds.map(({ kind }) => kind)).toEqual(['input_layernorm', 'q_proj', 'o_proj', 'norm']);
    const o = kinds.find(({ kind }) => kind === 'o_proj');
    expect(o?.gradients[0]).toBe(5);
    expect(o?.gradients[1]).toBeCloseTo(Math.SQRT2, 12);
    expect(o?.moved).toEqual({ distance: 10, from: 0 });
  });

  it('can be of one block alone, without what is outside of blocks', () => {
    expect(trainedBlocks(run)).toEqual([9, 10]);
    const kinds = kindNorms(run, 10);
    expect(kinds.map(({ kind }) => kind)).toEqual(['o_proj']);
    expect(kinds[0]?.gradients).toEqual([3, 1]);
    expect(kinds[0]?.moved).toEqual({ distance: 8, from: 0 });
  });

  it('tell the norms of an architecture with more of them apart', () => {
    const gradients = Object.fromEntries(
      ['self_attn.q_norm', 'post_attention_layernorm', 'mlp.up_proj', 'post_feedforward_layernorm'].map(
        (rest) => [name(9, rest), [1]],
      ),
    );
    expect(kindNorms({ ...run, gradients }, 9).map(({ label }) => label)).toEqual([
      'q norm',
      'norm after attention',
      'up',
      'norm after MLP',
    ]);
  });

  it('have moved nowhere known before an evaluation says so', () => {
    const moved = kindNorms({ ...run, evaluations: [] }, 'all').map((kind) => kind.moved);
    expect(moved).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('the scale of norms', () => {
  const box = { top: 0, bottom: 30, zero: 40 };

  it('falls by the same height for every factor of ten, and sets 0 apart', () => {
    const scale = normScale(kindNorms(run, 'all'), box);
    expect([scale.low, scale.high]).toEqual([0.1, 10]);
    expect([scale.y(10), scale.y(1), scale.y(0.1), scale.y(0)].map(Math.round)).toEqual([0, 15, 30, 40]);
  });

  it('is there when all norms are 0', () => {
    const scale = normScale([], box);
    expect(scale.high).toBeGreaterThan(scale.low);
    expect(scale.y(0)).toBe(40);
  });
});
