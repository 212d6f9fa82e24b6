import { describe, expect, it } from 'vitest';
import { WasmBackend } from '../../backend/wasm/backend';
import { randomModel } from '../../llama/testing';
import { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { UpscaleError } from '../block/errors';
import { expand } from './expand';
import { checkFits, expansionWork } from './forecast';

const FIELDS = {
  hidden_size: 64,
  intermediate_size: 384,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  num_hidden_layers: 6,
};
const recipe = (fields: Partial<Recipe>): Recipe => ({ ...DEFAULT_RECIPE, gaps: [1, 2], ...fields });
const cpu = { kind: 'cpu' } as const;

describe('the forecast of new blocks', () => {
  it('counts operations, visits and what is read', async () => {
    const { config } = await randomModel(FIELDS, 1);
    const work = expansionWork(recipe({ method: 'opt-deus:paper' }), config, cpu, 1000);
    // By tensor: a cost and a move, 2 · rows² · columns each; gate and up also move their 64 inputs; down_proj is zeroed.
    const planned = [64, 32, 32, 64, 384, 384].map((rows) => 4 * rows ** 2 * 64);
    const inputs = 2 * 2 * 384 * 64 * 64;
    expect(work.operations).toBe(2 * (planned.reduce((sum, x) => sum + x, 0) + inputs));
    expect(work.visits).toBe(2 * 30 * [64, 32, 32, 64, 384, 384].reduce((sum, rows) => sum + rows ** 2, 0));
    expect(work.parents).toEqual([1, 2, 3]);
    expect(work.blocks).toBe(2);
    expect(work.temporaryBytes).toBe(0);
  });

  it('counts no plan for methods without one, and one parent for copies', async () => {
    const { config } = await randomModel(FIELDS, 1);
    const average = expansionWork(recipe({ method: 'average' }), config, cpu, 1000);
    expect([average.operations, average.visits]).toEqual([0, 0]);
    expect(expansionWork(recipe({ method: 'llama-pro' }), config, cpu, 1000).parents).toEqual([1, 2]);
  });

  it('counts costs that do not fit at every pass, and blocks that do not fit as files', async () => {
    const { config } = await randomModel({ ...FIELDS, num_hidden_layers: 32 }, 1);
    const wide = { ...config, intermediateSize: 14_336, hiddenSize: 4096, headDim: 1024 };
    const work = expansionWork(recipe({ method: 'opt-deus:paper' }), wide, cpu, 2 ** 28);
    const once = 2 * 14_336 ** 2 * 4096;
    expect(work.operations).toBeGreaterThan(2 * 2 * 30 * once);
    expect(work.temporaryBytes).toBeGreaterThan(2 ** 29);
    expect(work.deviceBytes).toBeLessThan(1.5e9);
  });

  it.each(['opt-deus:paper', 'average', 'copy-next'] as const)(
    'says how much memory the device needs, within a third: %s',
    async (method) => {
      const { config, checkpoint } = await randomModel(FIELDS, 1, 'BF16');
      const backend = await WasmBackend.open();
      const weights = new Weights(backend, checkpoint, config, 1);
      const made = await expand(backend, weights, recipe({ method }));
      const work = expansionWork(recipe({ method }), config, cpu, weights.blockBytes(0));
      const ratio = work.deviceBytes / backend.memory().peakBytes;
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.34);
      made.free();
      weights.free();
      backend.dispose();
    },
  );

  it('refuses what cannot fit, before any weight is read', async () => {
    const { config, checkpoint } = await randomModel(FIELDS, 1, 'BF16');
    const backend = await WasmBackend.open();
    const weights = new Weights(backend, checkpoint, config);
    const work = expansionWork(recipe({}), config, backend.info, weights.blockBytes(0));
    expect(() => checkFits(work, { limits: { maxMemoryBytes: work.deviceBytes - 1 } })).toThrow(UpscaleError);
    expect(() => checkFits(work, { limits: { maxMemoryBytes: work.deviceBytes } })).not.toThrow();
    expect(() => checkFits(work, { limits: {} })).not.toThrow();
    weights.free();
    backend.dispose();
  });
});
