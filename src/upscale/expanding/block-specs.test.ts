import { describe, expect, it } from 'vitest';
import { countParameters } from '../../llama/block';
import { parseConfig } from '../../llama/config';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { GapError, UpscaleError } from '../block/errors';
import { METHOD_IDS } from '../methods';
import { applicability } from './applicability';
import { blockSpecs } from './block-specs';
import { toSlices, type BlockSpec, unroll } from './slices';

const range = (start: number, end: number, step = 1): number[] =>
  Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);

const recipe = (fields: Partial<Recipe>): Recipe => ({ ...DEFAULT_RECIPE, ...fields });

const added = (places: readonly BlockSpec[]): number[] =>
  [...places.keys()].filter((index) => places[index]?.kind !== 'base');

const sources = (places: readonly BlockSpec[]): number[] =>
  places.map((place) => (place.kind === 'new' ? Number.NaN : place.index));

const LLAMA_3_1_8B = parseConfig({
  architectures: ['LlamaForCausalLM'],
  vocab_size: 128256,
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
});
const LLAMA_3_2_1B = parseConfig({
  architectures: ['LlamaForCausalLM'],
  vocab_size: 128256,
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  tie_word_embeddings: true,
});

describe('the published layouts, from configs alone', () => {
  it.each(['opt-deus:paper', 'average', 'lesa'] as const)(
    '%s puts its blocks where the paper does',
    (method) => {
      const large = blockSpecs(recipe({ method }), 32);
      expect(added(large)).toEqual(range(16, 46, 2));
      expect(countParameters(LLAMA_3_1_8B, large.length)).toBe(11_520_053_248);
      const small = blockSpecs(recipe({ method }), 16);
      expect(added(small)).toEqual(range(8, 22, 2));
      expect(countParameters(LLAMA_3_2_1B, small.length)).toBe(1_722_386_432);
    },
  );

  it('LLaMA-Pro spreads copies over the depth, for any size of group', () => {
    const spread = (group: number, layers: number): number[] =>
      added(blockSpecs(recipe({ method: 'llama-pro', gaps: 'spread', group }), layers));
    expect(spread(2, 32)).toEqual(range(2, 47, 3));
    expect(
      countParameters(LLAMA_3_1_8B, blockSpecs(recipe({ method: 'llama-pro', gaps: 'spread' }), 32).length),
    ).toBe(11_520_053_248);
    // The official script's 32 → 40: eight groups of four.
    expect(spread(4, 32)).toEqual([4, 9, 14, 19, 24, 29, 34, 39]);
    expect(spread(1, 3)).toEqual([1, 3, 5]);
    expect(spread(3, 8)).toEqual([3, 7]);
  });

  it('SOLAR overlaps two copies without a quarter each', () => {
    const large = blockSpecs(recipe({ method: 'solar' }), 32);
    expect(sources(large)).toEqual([...range(0, 23), ...range(8, 31)]);
    expect(added(large)).toEqual(range(24, 39));
    expect(countParameters(LLAMA_3_1_8B, large.length)).toBe(11_520_053_248);
    const small = blockSpecs(recipe({ method: 'solar' }), 16);
    expect(sources(small)).toEqual([...range(0, 11), ...range(4, 15)]);
    expect(countParameters(LLAMA_3_2_1B, small.length)).toBe(1_722_386_432);
    expect(sources(blockSpecs(recipe({ method: 'solar' }), 10))).toEqual([...range(0, 7), ...range(2, 9)]);
  });

  it('stack repeats the whole model', () => {
    const places = blockSpecs(recipe({ method: 'stack' }), 32);
    expect(sources(places)).toEqual([...range(0, 31), ...range(0, 31)]);
    expect(added(places)).toEqual(range(32, 63));
  });

  it('passthrough can say both SOLAR and LLaMA-Pro', () => {
    const solar = [
      { start: 0, end: 24 },
      { start: 8, end: 32 },
    ];
    expect(blockSpecs(recipe({ method: 'passthrough', slices: solar }), 32)).toEqual(
      blockSpecs(recipe({ method: 'solar' }), 32),
    );
    const pro = range(0, 7).flatMap((k) => [
      { start: 4 * k, end: 4 * k + 4 },
      { start: 4 * k + 3, end: 4 * k + 4, scale: 0 },
    ]);
    const places = blockSpecs(recipe({ method: 'passthrough', slices: pro }), 32);
    expect(added(places)).toEqual([4, 9, 14, 19, 24, 29, 34, 39]);
    expect(places[4]).toEqual({ kind: 'scaled', index: 3, scale: 0 });
  });

  it('zeroing turns further copies into identities, and leaves the first of each alone', () => {
    const places = blockSpecs(recipe({ method: 'stack', zeroInit: true }), 3);
    expect(places.slice(0, 3).map(({ kind }) => kind)).toEqual(['base', 'base', 'base']);
    expect(places.slice(3)).toEqual([0, 1, 2].map((index) => ({ kind: 'scaled', index, scale: 0 })));
  });
});

describe('parents by hand', () => {
  it('replace the neighbours of their gap', () => {
    const places = blockSpecs(recipe({ gaps: [1, 3], parents: { 3: [0, 7] } }), 8);
    expect(places.filter(({ kind }) => kind === 'new')).toEqual([
      { kind: 'new', gap: 1, previous: 1, next: 2 },
      { kind: 'new', gap: 3, previous: 0, next: 7 },
    ]);
  });

  it('let any method follow the last block', () => {
    expect(added(blockSpecs(recipe({ gaps: [7], parents: { 7: [6, 7] } }), 8))).toEqual([8]);
    expect(() => blockSpecs(recipe({ gaps: [7] }), 8)).toThrow(GapError);
  });
});

describe('slices', () => {
  it('come back as they were when no two of them could be one', () => {
    const slices = [
      { start: 0, end: 3 },
      { start: 3, end: 4, scale: 0.5 },
      { start: 3, end: 4, scale: 0.5 },
      { start: 1, end: 2 },
    ];
    expect(toSlices(unroll(slices, 4))).toEqual(slices);
    expect(
      toSlices(
        unroll(
          [
            { start: 0, end: 2 },
            { start: 2, end: 4, scale: 1 },
          ],
          4,
        ),
      ),
    ).toEqual([{ start: 0, end: 4 }]);
  });
});

const ACTIVATIONS = { ...DEFAULT_RECIPE.cost, features: 'activations' } as const;
const ROTATE = { ...DEFAULT_RECIPE.structured, rotate: true };

describe('applicability', () => {
  const refusal = (fields: Partial<Recipe>, layers = 8): string | undefined =>
    applicability(fields.method ?? 'opt-deus:paper', { layers }, recipe(fields)).refusal;
  const noted = (fields: Partial<Recipe>): readonly string[] =>
    applicability(fields.method ?? 'opt-deus:paper', { layers: 8 }, recipe(fields)).notices;

  it('lets every method work on the default recipe, without a notice', () => {
    for (const method of METHOD_IDS.filter((id) => id !== 'passthrough'))
      expect(applicability(method, { layers: 8 }, DEFAULT_RECIPE), method).toEqual({
        refusal: undefined,
        notices: [],
      });
  });

  it.each<[Partial<Recipe>, number, RegExp]>([
    [{}, 1, /at least 2 blocks .*got 1/],
    [{ method: 'copy-next' }, 1, /at least 2 blocks/],
    [{ method: 'lesa' }, 2, /lesa: expected a model of at least 3 blocks, got 2/],
    [{ method: 'solar' }, 3, /at least 4 blocks.*got 3/],
    [{ method: 'passthrough' }, 8, /slices of base blocks, got none/],
    [{ method: 'passthrough', slices: [{ start: 2, end: 9 }] }, 8, /blocks 0 to 8 .*got 2-9/],
    [{ gaps: [8] }, 8, /gaps from 0 to 6, got 8/],
    [{ gaps: [3], parents: { 3: [2, 8] } }, 8, /parents of gap 3\|4 from 0 to 7, got 8/],
    [{ method: 'llama-pro', gaps: 'spread', group: 9 }, 8, /at least one gap/],
    [
      { method: 'opt-deus:structured', cost: ACTIVATIONS, structured: ROTATE },
      8,
      /expected no rotations where activations are compared.*got rotate/,
    ],
  ])('refuses %j on %i blocks', (fields, layers, message) => {
    const text = refusal(fields, layers);
    expect(text).toMatch(message);
    // What was expected, what came, one next step.
    expect(text).toMatch(/expected .*got .*\. [A-Z][^.]*\.$/);
  });

  it('refuses LESA for matrices it cannot decompose in time', () => {
    const { refusal } = applicability('lesa', LLAMA_3_1_8B, DEFAULT_RECIPE);
    expect(refusal).toMatch(/lesa: expected at most \d+ neurons .*got 14336/);
    expect(applicability('average', LLAMA_3_1_8B, DEFAULT_RECIPE).refusal).toBeUndefined();
  });

  it('is what expansion itself refuses', () => {
    expect(() => blockSpecs(recipe({ method: 'solar' }), 3)).toThrow(UpscaleError);
  });

  it.each<[Partial<Recipe>, RegExp]>([
    [{ method: 'solar', gaps: [3, 4] }, /solar does not read gaps/],
    [{ method: 'stack', alpha: 0.3 }, /stack does not read alpha/],
    [{ method: 'llama-pro', alpha: 0.3 }, /llama-pro does not read alpha/],
    [{ method: 'average', cost: { ...DEFAULT_RECIPE.cost, metric: 'cosine' } }, /average does not read cost/],
    [{ slices: [{ start: 0, end: 2 }] }, /opt-deus:paper does not read slices/],
    [{ method: 'llama-pro', gaps: [1], group: 4 }, /group is read with the gaps "spread" alone/],
    [{ gaps: [3], parents: { 4: [1, 2] } }, /gap 4\|5, where no block goes/],
    [{ method: 'opt-deus:hard', solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.1 } }, /epsilon.*exact plan/],
    [{ method: 'opt-deus:relative', solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.1 } }, /solver\.epsilon/],
    [{ solver: { ...DEFAULT_RECIPE.solver, spread: 0.1 } }, /solver\.spread/],
    [{ solver: { ...DEFAULT_RECIPE.solver, rho: 2 } }, /solver\.rho/],
    [{ cost: { ...DEFAULT_RECIPE.cost, tokens: 64 } }, /cost\.tokens is of activations/],
    [{ cost: { ...ACTIVATIONS, rows: 'unit' } }, /unit length already: cost\.rows/],
    [{ method: 'average', cost: ACTIVATIONS }, /average does not read cost/],
    [
      {
        method: 'opt-deus:structured',
        cost: ACTIVATIONS,
        structured: { ...ROTATE, rotate: false, down: true },
      },
      /structured\.down compares weights/,
    ],
  ])('says what %j says in vain', (fields, message) => {
    expect(noted(fields)).toHaveLength(1);
    expect(noted(fields)[0]).toMatch(message);
    expect(refusal(fields)).toBeUndefined();
  });

  it.each<Partial<Recipe>>([
    { alpha: 0.3 },
    { method: 'llama-pro', gaps: 'spread', group: 4 },
    { method: 'opt-deus:relative', solver: { ...DEFAULT_RECIPE.solver, spread: 0.1 } },
    { method: 'opt-deus:relative', solver: { ...DEFAULT_RECIPE.solver, targetPerplexity: 0.1 } },
    { method: 'opt-deus:hard', solver: { ...DEFAULT_RECIPE.solver, kind: 'sinkhorn', epsilon: 0.1 } },
    { solver: { ...DEFAULT_RECIPE.solver, kind: 'unbalanced', rho: 2 } },
    { solver: { ...DEFAULT_RECIPE.solver, kind: 'progot', steps: 8, schedule: 'accelerating' } },
    { cost: { ...ACTIVATIONS, text: 'observatory', tokens: 64 } },
    { method: 'opt-deus:structured', structured: ROTATE },
  ])('says nothing of %j, which is read', (fields) => {
    expect(noted(fields)).toEqual([]);
  });

  it('answers for every method, whatever the depth', () => {
    for (const method of METHOD_IDS)
      for (const layers of [1, 2, 3, 4, 33])
        expect(() => applicability(method, { layers }, DEFAULT_RECIPE)).not.toThrow();
  });
});
