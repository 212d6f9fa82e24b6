import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CpuBackend } from '../../backend/cpu/backend';
import { Checkpoint } from '../../checkpoint/checkpoint';
import { MemorySink } from '../../checkpoint/memory-sink';
import { MemoryFiles } from '../../checkpoint/sources';
import { decode } from '../../checkpoint/dtype';
import { writeCheckpoint } from '../../checkpoint/write';
import { countParameters } from '../../llama/block';
import { checkTensors } from '../../llama/check';
import { parseConfig } from '../../llama/config';
import { evaluate } from '../../llama/evaluate';
import { LlamaModel } from '../../llama/model';
import { Weights } from '../../llama/weights';
import { readMergekit } from '../../recipe/mergekit';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { parseRecipe } from '../recipe';
import { deeperConfig, dtypeFields } from './deeper-config';
import { documentsOf } from './documents';
import { expand } from '../expanding/expand';
import type { Expansion } from '../expanding/expansion';
import { recipeValues } from './recipe-values';
import { newTensorNames, savedTensors, tensorsToWrite } from './save';
import type { SavedDType } from './saved-dtype';
import { oracles, shippedModel } from '../testing';

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The bits of the bfloat16 that is nearest to `value`, the even one of two: found by comparing both neighbours' distances. */
function nearestBfloat(value: number): number {
  const word = new DataView(new ArrayBuffer(4));
  const valueOf = (bits: number): number => {
    word.setUint32(0, bits << 16);
    return word.getFloat32(0);
  };
  word.setFloat32(0, value);
  const toZero = word.getUint16(0);
  const [inner, outer] = [toZero, toZero + 1].map((bits) => Math.abs(valueOf(bits) - value)) as [
    number,
    number,
  ];
  if (inner === outer) return toZero % 2 === 0 ? toZero : toZero + 1;
  return inner < outer ? toZero : toZero + 1;
}

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

  /** Expands, saves and reopens; passes the expansion and the reopened checkpoint to `use`. */
  async function saved(
    fields: Partial<Recipe>,
    use: (expansion: Expansion, reopened: Checkpoint, files: Map<string, Uint8Array>) => Promise<void>,
    dtype: SavedDType = 'f32',
  ): Promise<void> {
    const recipe: Recipe = { ...DEFAULT_RECIPE, ...fields };
    const expansion = await expand(backend, weights, recipe);
    const { config } = weights;
    const sink = new MemorySink();
    const tensors = savedTensors(backend, expansion, checkpoint, config, { dtype });
    const baseCard = '---\nlicense: other\nlicense_name: mine\ntags:\n- license: no\n---\nlicense: none';
    await writeCheckpoint(sink, {
      tensors: recipeValues(tensorsToWrite(tensors), expansion, config, recipe),
      config: deeperConfig(checkpoint.configText, expansion.sources, config.layers),
      copyFrom: checkpoint.files,
      documents: documentsOf({ expansion, recipe, config, tensors, baseName: checkpoint.name, baseCard }),
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
        // The CPU backend computes in float64, the file stores float32.
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

  it('computed tensors in the dtype of the source are rounded to nearest even', async () => {
    await saved(
      { method: 'average', gaps: [3] },
      async (expansion, reopened) => {
        const [block] = expansion.blocks;
        const names = block ? newTensorNames(weights.config, 4, block) : [];
        expect(names).toHaveLength(9);
        for (const name of names) {
          expect(reopened.tensor(name).dtype).toBe('BF16');
          const parents = await Promise.all(
            [3, 4].map(async (index) =>
              decode(await checkpoint.read(name.replace('layers.4', `layers.${index}`)), 'BF16'),
            ),
          );
          const [previous, next] = parents;
          const found = new Uint16Array((await reopened.read(name)).buffer);
          for (const [i, word] of found.entries()) {
            const mean = ((previous?.[i] ?? Number.NaN) + (next?.[i] ?? Number.NaN)) / 2;
            if (word !== nearestBfloat(mean)) expect(word, `${name} ${i}: ${mean}`).toBe(nearestBfloat(mean));
          }
        }
      },
      'source',
    );
  });

  it('a value that float16 cannot hold is refused, and float32 holds it', async () => {
    const values = [async () => Float32Array.of(65519, -65520)];
    const tensor = { name: 'w', shape: [2], values };
    const [half, exact] = ['F16', 'F32'].map((dtype) => tensorsToWrite([{ ...tensor, dtype }])[0]);
    await expect(half?.data?.()).rejects.toThrow(
      /tensor w: expected values that F16 can hold, got -65520\. Save computed tensors in exact float32/,
    );
    expect(await exact?.data?.()).toEqual(new Uint8Array(Float32Array.of(65519, -65520).buffer));
  });

  it('SOLAR: copies are byte for byte the base’s blocks, and the layout is named in recipe and card', async () => {
    await saved({ method: 'solar' }, async (expansion, reopened, files) => {
      expect(reopened.tensors.size).toBe(checkpoint.tensors.size + 4 * 9);
      for (const [index, source] of oracles.arms.solar_order.entries()) {
        for (const key of ['self_attn.o_proj', 'mlp.down_proj', 'input_layernorm']) {
          const name = `model.layers.${index}.${key}.weight`;
          const of = `model.layers.${source}.${key}.weight`;
          expect(reopened.tensor(name).dtype).toBe('BF16');
          expect(same(await reopened.read(name), await checkpoint.read(of)), name).toBe(true);
        }
      }
      const config = parseConfig(reopened.config);
      expect(countParameters(config)).toBe(expansion.parameters);
      const again = new Weights(backend, reopened, config);
      const ids = Uint32Array.from(oracles.forward.ids);
      const { loss } = await evaluate(LlamaModel.base(backend, config, again), [ids]);
      expect(Math.abs(loss - oracles.arms.solar)).toBeLessThan(1e-4);
      again.free();
      const text = (name: string): string => new TextDecoder().decode(files.get(name));
      expect(JSON.parse(text('interlayer.json'))).toMatchObject({
        newLayers: [6, 7, 8, 9],
        duplicates: { 6: 2, 7: 3, 8: 4, 9: 5 },
      });
      const card = text('README.md');
      expect(card).toContain('| base block of every block | 0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7 |');
      expect(card).toContain('6 (of 2), 7 (of 3), 8 (of 4), 9 (of 5)');
      expect(card).toContain('12 blocks');
      expect(card).toContain('train the whole model');
      const [, yaml = ''] = /```yaml\n([^`]*)```/.exec(card) ?? [];
      expect(readMergekit(yaml).slices).toEqual([
        { start: 0, end: 6 },
        { start: 2, end: 8 },
      ]);
      expect(card).not.toMatch(/undefined|\| gaps|new_layers/);
    });
  });

  it('passthrough: slices scaled to 0 are the identity, in the file too, and others keep their scale', async () => {
    const slices = [
      { start: 0, end: 5 },
      { start: 4, end: 5, scale: 0 },
      { start: 5, end: 8 },
    ];
    await saved({ method: 'passthrough', slices }, async (expansion, reopened, files) => {
      expect(expansion.preserving).toBe(true);
      expect(expansion.newLayers).toEqual([5]);
      const config = parseConfig(reopened.config);
      expect(config.layers).toBe(9);
      const again = new Weights(backend, reopened, config);
      const base = await evaluate(LlamaModel.base(backend, weights.config, weights), [IDS]);
      const { loss } = await evaluate(LlamaModel.base(backend, config, again), [IDS]);
      expect(loss).toBe(base.loss);
      again.free();
      for (const key of ['self_attn.q_proj', 'post_attention_layernorm']) {
        const copy = await reopened.read(`model.layers.5.${key}.weight`);
        expect(same(copy, await checkpoint.read(`model.layers.4.${key}.weight`)), key).toBe(true);
      }
      expect(
        (await reopened.read('model.layers.5.self_attn.o_proj.weight')).every((byte) => byte === 0),
      ).toBe(true);
      const card = new TextDecoder().decode(files.get('README.md'));
      expect(card).toContain('computes what its base computes');
      const [, yaml = ''] = /```yaml\n([^`]*)```/.exec(card) ?? [];
      expect(readMergekit(yaml).slices).toEqual(slices);
    });
    const halved = [{ start: 2, end: 4, scale: 0.5 }];
    await saved({ method: 'passthrough', slices: halved }, async (expansion, reopened) => {
      expect(expansion.preserving).toBe(false);
      const [name, of] = ['model.layers.1.mlp.down_proj.weight', 'model.layers.3.mlp.down_proj.weight'];
      expect(reopened.tensor(name).dtype).toBe('F32');
      const half = decode(await reopened.read(name), 'F32');
      expect(half).toEqual(decode(await checkpoint.read(of), 'BF16').map((value) => value / 2));
      expect(reopened.tensor('model.layers.1.mlp.up_proj.weight').dtype).toBe('BF16');
    });
  });

  it('passthrough: filters scale any tensor, outside the blocks too, in memory as in the file', async () => {
    const filters = [
      { filter: 'embed', value: 0.5 },
      { filter: 'layers.3.mlp', value: 1.5 },
      { filter: 'v_proj', value: 0.25 },
      { filter: 'model.norm', value: -0.75 },
      { filter: 'kq', value: 9 },
    ];
    const slices = [
      { start: 0, end: 2, scale: filters },
      { start: 2, end: 8 },
      { start: 3, end: 5, scale: filters },
    ];
    await saved({ method: 'passthrough', slices }, async (expansion, reopened, files) => {
      expect(expansion.preserving).toBe(false);
      expect(expansion.notices).toEqual([expect.stringContaining('The filter kq decides on no tensor')]);
      const factors = [
        ['model.layers.8.mlp.up_proj', 'model.layers.3.mlp.up_proj', 1.5],
        ['model.layers.9.mlp.up_proj', 'model.layers.4.mlp.up_proj', 1],
        ['model.layers.1.self_attn.v_proj', 'model.layers.1.self_attn.v_proj', 0.25],
        ['model.layers.3.self_attn.v_proj', 'model.layers.3.self_attn.v_proj', 1],
        ['model.embed_tokens', 'model.embed_tokens', 0.5],
        ['model.norm', 'model.norm', -0.75],
      ] as const;
      for (const [name, of, factor] of factors) {
        const base = decode(await checkpoint.read(`${of}.weight`), 'BF16');
        const { dtype } = reopened.tensor(`${name}.weight`);
        const values = decode(await reopened.read(`${name}.weight`), dtype);
        expect(values, name).toEqual(base.map((value) => value * factor));
      }
      const config = parseConfig(reopened.config);
      const again = new Weights(backend, reopened, config);
      const before = await evaluate(expansion.model(weights), [IDS]);
      const after = await evaluate(LlamaModel.base(backend, config, again), [IDS]);
      expect(Math.abs(after.loss - before.loss)).toBeLessThan(1e-6);
      again.free();
      const [, yaml = ''] =
        /```yaml\n([^`]*)```/.exec(new TextDecoder().decode(files.get('README.md'))) ?? [];
      expect(readMergekit(yaml).slices).toEqual(slices);
    });
  });

  it('parents by hand: copies come from the chosen block, the rest from the block before', async () => {
    await saved(
      { method: 'copy-next:zero', gaps: [3], parents: { 3: [1, 6] } },
      async (expansion, reopened, files) => {
        expect(expansion.newLayers).toEqual([4]);
        const copy = await reopened.read('model.layers.4.mlp.up_proj.weight');
        expect(same(copy, await checkpoint.read('model.layers.6.mlp.up_proj.weight'))).toBe(true);
        expect(new TextDecoder().decode(files.get('README.md'))).toContain('gap 3|4: 1 and 6');
      },
    );
  });

  it('has a recipe that can be read back, and a card that claims only what was done', async () => {
    await saved({ method: 'opt-deus:literal', gaps: [3] }, async (_, __, files) => {
      const text = (name: string): string => new TextDecoder().decode(files.get(name));
      const recipe: unknown = JSON.parse(text('interlayer.json'));
      expect(parseRecipe(recipe)).toEqual({ ...DEFAULT_RECIPE, method: 'opt-deus:literal', gaps: [3] });
      expect(recipe).toMatchObject({ newLayers: [4] });
      const card = text('README.md');
      expect(card).toMatch(
        /^---\nlibrary_name: transformers\nlicense: other\nlicense_name: mine\nbase_model: "shipped"\ntags:\n- llama\n/,
      );
      expect(card).toContain('https://arxiv.org/abs/2508.08011');
      expect(card).toContain('new_layers = [4]');
      expect(card).toContain('1,706,112 parameters');
      expect(card).not.toMatch(/align/i);
      expect(card).not.toContain('undefined');
    });
  });
});

describe('the dtype in config.json', () => {
  it.each([
    [{ torch_dtype: 'bfloat16' }, { torch_dtype: 'float32' }],
    [{ dtype: 'float16' }, { dtype: 'float32' }],
    [
      { torch_dtype: 'bfloat16', dtype: 'bfloat16' },
      { torch_dtype: 'float32', dtype: 'float32' },
    ],
    // transformers 4 and 5 both read this one.
    [{}, { torch_dtype: 'float32' }],
  ])('is float32 where tensors are exact: %j', (before, after) => {
    expect(dtypeFields({ hidden_size: 4, ...before }, 'float32')).toEqual(after);
    expect(dtypeFields(before, undefined)).toEqual({});
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
    expect(JSON.parse(deeperConfig(JSON.stringify(config), [0, 0, 1, 2, 2], 3))).toEqual({
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
    expect(JSON.parse(deeperConfig(JSON.stringify(config), [0, 0], 1))).toEqual({
      architectures: ['LlamaForCausalLM'],
      num_hidden_layers: 2,
      layer_types: ['full_attention', 'full_attention'],
    });
  });

  it('writes numbers as they stand in the file', () => {
    const text = `{
  "num_hidden_layers": 2.0,
  "rope_scaling": {
    "factor": 4.0,
    "attention_factor": 1.0E+0,
    "original": -0.0
  },
  "rope_theta": 500.0,
  "rms_norm_eps": 1e-05,
  "initializer_range": 0.10000000000000000555,
  "big": 12345678901234567890,
  "per_layer": [
    1.0,
    2.50
  ],
  "words #1.0": "\\"#2.0\\\\",
  "eos_token_id": [
    1,
    2.0
  ]
}
`;
    expect(deeperConfig(text, [0, 1, 1], 2, { torch_dtype: 'bfloat16' })).toBe(
      text
        .replace('"num_hidden_layers": 2.0', '"num_hidden_layers": 3')
        .replace('    2.50\n', '    2.50,\n    2.50\n')
        .replace(']\n}', '],\n  "torch_dtype": "bfloat16"\n}'),
    );
  });
});
