import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import { Checkpoint } from '../checkpoint/checkpoint';
import { MemorySink } from '../checkpoint/memory-sink';
import { MemoryFiles } from '../checkpoint/sources';
import { writeCheckpoint } from '../checkpoint/write';
import { checkTensors } from '../llama/check';
import { parseConfig } from '../llama/config';
import { evaluate } from '../llama/evaluate';
import { LlamaModel } from '../llama/model';
import { Weights } from '../llama/weights';
import { DEFAULT_RECIPE, type Recipe, parseRecipe } from '../recipe/schema';
import { modelCard, recipeText } from './card';
import { deeperConfig } from './deeper-config';
import { expand, type Expansion } from './expand';
import { newTensorNames, outTensors } from './save';
import { oracles, shippedModel } from './testing';

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const IDS = Uint32Array.from(oracles.forward.ids.slice(0, 24));

describe('a saved deeper checkpoint', () => {
  const backend = new CpuBackend();
  let checkpoint: Checkpoint;
  let weights: Weights;
  beforeAll(async () => {
    ({ checkpoint, weights } = await shippedModel(backend));
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  /** Expands, saves, opens again; then hands over both. */
  async function saved(
    fields: Partial<Recipe>,
    use: (expansion: Expansion, reopened: Checkpoint, files: Map<string, Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const recipe: Recipe = { ...DEFAULT_RECIPE, ...fields };
    const expansion = await expand(backend, weights, recipe);
    const { config } = weights;
    const sink = new MemorySink();
    await writeCheckpoint(sink, {
      tensors: outTensors(backend, expansion, checkpoint, config),
      config: deeperConfig(checkpoint.config, expansion.gaps, config.layers),
      copyFrom: checkpoint.files,
      card: modelCard({ expansion, recipe, config, baseName: checkpoint.name }),
      recipe: recipeText(recipe, expansion),
    });
    await use(expansion, await Checkpoint.open(new MemoryFiles(sink.files)), sink.files);
    expansion.free();
  }

  it.each([
    ['opt-deus:hard', { method: 'opt-deus:hard', gaps: [2, 5], zeroInit: false }],
    ['average, output zeroed', { method: 'average:zero', gaps: 'top' }],
    ['llama-pro', { method: 'llama-pro', gaps: [0, 7] }],
  ] as const)('evaluates as it did before it was written: %s', async (_, fields) => {
    await saved(
      { ...fields, gaps: typeof fields.gaps === 'string' ? fields.gaps : [...fields.gaps] },
      async (expansion, reopened) => {
        const config = parseConfig(reopened.config);
        checkTensors(config, reopened);
        expect(config.layers).toBe(weights.config.layers + expansion.gaps.length);
        const again = new Weights(backend, reopened, config);
        const before = await evaluate(new LlamaModel(backend, weights.config, weights, expansion.layers), [
          IDS,
        ]);
        const after = await evaluate(LlamaModel.base(backend, config, again), [IDS]);
        // The CPU backend holds results in float64; the file has them in float32.
        expect(Math.abs(after.loss - before.loss)).toBeLessThan(1e-6);
        again.free();
      },
    );
  });

  it('keeps base tensors byte for byte, copies and zeros in their dtype, computed ones in float32', async () => {
    await saved({ method: 'average:zero', gaps: [3] }, async (expansion, reopened) => {
      for (const [name, info] of checkpoint.tensors) {
        const index = Number(/^model\.layers\.(\d+)\./.exec(name)?.[1] ?? -1);
        const deeper = name.replace(/layers\.\d+/, `layers.${index > 3 ? index + 1 : index}`);
        expect(reopened.tensor(deeper).dtype).toBe(info.dtype);
        expect(same(await reopened.read(deeper), await checkpoint.read(name)), name).toBe(true);
      }
      const [index = -1] = expansion.newLayers;
      const [block] = expansion.blocks;
      const names = block ? newTensorNames(weights.config, index, block) : [];
      expect(reopened.tensors.size).toBe(checkpoint.tensors.size + names.length);
      for (const name of names) {
        const zero = /o_proj|down_proj/.test(name);
        expect(reopened.tensor(name).dtype).toBe(zero ? 'BF16' : 'F32');
        expect((await reopened.read(name)).every((byte) => byte === 0)).toBe(zero);
      }
    });
    await saved({ method: 'llama-pro', gaps: [7] }, async (_, reopened) => {
      for (const key of ['self_attn.q_proj', 'mlp.up_proj', 'input_layernorm']) {
        const copy = await reopened.read(`model.layers.8.${key}.weight`);
        expect(same(copy, await checkpoint.read(`model.layers.7.${key}.weight`)), key).toBe(true);
      }
      const zeros = await reopened.read('model.layers.8.mlp.down_proj.weight');
      expect(same(zeros, new Uint8Array(128 * 384 * 2))).toBe(true);
    });
  });

  it('has a recipe that can be read back, and a card that claims only what was done', async () => {
    await saved({ method: 'opt-deus:literal', gaps: [3] }, async (_, __, files) => {
      const text = (name: string): string => new TextDecoder().decode(files.get(name));
      const recipe: unknown = JSON.parse(text('interlayer.json'));
      expect(parseRecipe(recipe)).toEqual({ ...DEFAULT_RECIPE, method: 'opt-deus:literal', gaps: [3] });
      expect(recipe).toMatchObject({ newLayers: [4] });
      const card = text('README.md');
      expect(card).toMatch(/^---\nlibrary_name: transformers\nbase_model: "shipped"\n/);
      expect(card).toContain('https://arxiv.org/abs/2508.08011');
      expect(card).toContain('new_layers = [4]');
      expect(card).toContain('1,706,112 parameters');
      expect(card).not.toMatch(/align/i);
      expect(card).not.toContain('undefined');
    });
  });
});

describe('deeperConfig', () => {
  it('lengthens lists of one entry per block, and nothing else of that length', () => {
    const config = {
      architectures: ['LlamaForCausalLM'],
      num_hidden_layers: 3,
      layer_types: ['a', 'b', 'c'],
      eos_token_id: [1, 2, 3],
      rope_scaling: { short_factor: [1, 2, 3] },
      nested: { no_rope_layers: [1, 0, 1], other: [1, 2] },
      model_type: 'llama',
    };
    expect(deeperConfig(config, [0, 2], 3)).toEqual({
      ...config,
      num_hidden_layers: 5,
      layer_types: ['a', 'a', 'b', 'c', 'c'],
      nested: { no_rope_layers: [1, 1, 0, 1, 1], other: [1, 2] },
    });
  });

  it('leaves the list of architectures of a one-block model alone', () => {
    const config = {
      architectures: ['LlamaForCausalLM'],
      num_hidden_layers: 1,
      layer_types: ['full_attention'],
    };
    expect(deeperConfig(config, [0], 1)).toEqual({
      architectures: ['LlamaForCausalLM'],
      num_hidden_layers: 2,
      layer_types: ['full_attention', 'full_attention'],
    });
  });
});
