import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURE_ANSWERS } from '../../../tests/architectures';
import { float32, readModel, type ReadModel } from '../../../tests/independent-reader';
import { CpuBackend } from '../../backend/cpu/backend';
import { Checkpoint } from '../../checkpoint/checkpoint';
import { MemorySink } from '../../checkpoint/memory-sink';
import { MemoryFiles } from '../../checkpoint/sources';
import { writeCheckpoint } from '../../checkpoint/write';
import { checkTensors } from '../../llama/check';
import { parseConfig } from '../../llama/config';
import { evaluate } from '../../llama/evaluate';
import { LlamaModel } from '../../llama/model';
import { seededTensors } from '../../llama/seeded';
import { safetensors } from '../../llama/testing';
import { Weights } from '../../llama/weights';
import { DEFAULT_RECIPE, type MethodId, type Recipe } from '../../recipe/schema';
import { applicability } from '../expanding/applicability';
import { expand } from '../expanding/expand';
import type { Expansion } from '../expanding/expansion';
import { deeperConfig, kindFields } from './deeper-config';
import { documentsOf } from './documents';
import { recipeValues } from './recipe-values';
import { savedTensors, tensorsToWrite } from './save';

/** Every row of the architecture table: fused by three methods, saved, read again by a reader of the tests. */

const METHODS = ['opt-deus:paper', 'average', 'copy-next'] as const;
const GAPS = [0, 1, 2];
/** The base block of every block of the deeper model whose settings it takes, by the parent that the method names. */
const LIKE = { previous: [0, 0, 1, 1, 2, 2, 3], next: [0, 1, 1, 2, 2, 3, 3] };
const parentOf = (method: MethodId): 'previous' | 'next' => (method === 'copy-next' ? 'next' : 'previous');

const S = 'sliding_attention';
const F = 'full_attention';
/** Fields of config.json that change besides the depth, worked out by hand from the four blocks' kinds. */
const CHANGES: Readonly<
  Record<string, Readonly<Record<'previous' | 'next', Readonly<Record<string, unknown>>>>>
> = {
  'Qwen 2': {
    previous: { layer_types: [F, F, F, F, S, S, S], max_window_layers: 4 },
    next: { layer_types: [F, F, F, S, S, S, S], max_window_layers: 3 },
  },
  SmolLM3: {
    previous: { no_rope_layers: [1, 1, 0, 0, 1, 1, 0] },
    next: { no_rope_layers: [1, 0, 0, 1, 1, 0, 0] },
  },
  'Gemma 2': {
    previous: { layer_types: [S, S, F, F, S, S, F] },
    next: { layer_types: [S, F, F, S, S, F, F] },
  },
  'Gemma 3': {
    previous: { layer_types: [S, S, F, F, S, S, F] },
    next: { layer_types: [S, F, F, S, S, F, F] },
  },
};

const rows = ARCHITECTURE_ANSWERS.filter(({ gradients }) => gradients);

describe.each(rows.map((row) => [row.name, row] as const))('%s', (name, row) => {
  const backend = new CpuBackend();
  const config = parseConfig(row.config);
  const windows = row.windows.map((ids) => Uint32Array.from(ids));
  const files = new Map([
    ['config.json', new TextEncoder().encode(JSON.stringify(row.config))],
    ['model.safetensors', safetensors(seededTensors(config))],
  ]);
  const source = readModel(files);
  let checkpoint: Checkpoint;
  let weights: Weights;
  let baseLoss: number;
  beforeAll(async () => {
    checkpoint = await Checkpoint.open(new MemoryFiles(files, 'tiny'));
    checkTensors(config, checkpoint);
    weights = new Weights(backend, checkpoint, config);
    baseLoss = (await evaluate(LlamaModel.base(backend, config, weights), windows)).loss;
  });
  afterAll(() => {
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  const recipeOf = (method: MethodId, fields: Partial<Recipe> = {}): Recipe => ({
    ...DEFAULT_RECIPE,
    method,
    gaps: GAPS,
    solver: { ...DEFAULT_RECIPE.solver, maxIterations: 20 },
    ...fields,
  });

  async function saved(expansion: Expansion, recipe: Recipe): Promise<Map<string, Uint8Array>> {
    const sink = new MemorySink();
    const tensors = savedTensors(backend, expansion, checkpoint, config, { dtype: 'f32' });
    await writeCheckpoint(sink, {
      tensors: recipeValues(tensorsToWrite(tensors), expansion, config, recipe),
      config: deeperConfig(
        checkpoint.configText,
        expansion.sources,
        config.layers,
        kindFields(checkpoint.config, config, expansion.sources),
      ),
      copyFrom: checkpoint.files,
      documents: documentsOf({ expansion, recipe, config, tensors, baseName: 'tiny' }),
    });
    return sink.files;
  }

  it.each(METHODS)('starts as the base model to the last digit with %s', async (method) => {
    const expansion = await expand(backend, weights, recipeOf(method, { zeroInit: true }));
    const base = LlamaModel.base(backend, config, weights);
    const deeper = new LlamaModel(backend, config, weights, expansion.layers);
    const { loss, maxLogitDifference } = await evaluate(deeper, windows, { base });
    expect(expansion.preserving).toBe(true);
    expect(loss).toBe(baseLoss);
    expect(maxLogitDifference).toBe(0);
    expansion.free();
  });

  it.each(METHODS)(
    'is saved whole after %s, and computes the same when it is opened again',
    async (method) => {
      const recipe = recipeOf(method, { zeroInit: false });
      const expansion = await expand(backend, weights, recipe);
      const base = LlamaModel.base(backend, config, weights);
      const model = new LlamaModel(backend, config, weights, expansion.layers);
      const { loss, maxLogitDifference } = await evaluate(model, windows, { base });
      expect(maxLogitDifference).toBeGreaterThan(0.1);
      const written = await saved(expansion, recipe);
      expansion.free();

      const read = readModel(written);
      expect(read.config).toEqual({
        ...row.config,
        num_hidden_layers: 7,
        ...CHANGES[name]?.[parentOf(method)],
      });
      expectTensors(read, source, method);

      const again = await Checkpoint.open(new MemoryFiles(written, 'again'));
      const deeper = parseConfig(again.config);
      checkTensors(deeper, again);
      expect(deeper.kinds).toEqual(LIKE[parentOf(method)].map((index) => config.kinds[index]));
      const reread = new Weights(backend, again, deeper);
      const { loss: reopened } = await evaluate(LlamaModel.base(backend, deeper, reread), windows);
      expect(Math.abs(reopened - loss)).toBeLessThan(1e-6);
      reread.free();
    },
  );

  it('says whose kind a new block is of where its parents differ', () => {
    const differ = new Set(config.kinds.map((kind) => JSON.stringify(kind))).size > 1;
    for (const method of METHODS) {
      const { refusal, notices } = applicability(method, config, recipeOf(method));
      expect(refusal).toBeUndefined();
      const said = notices.filter((notice) => notice.includes('of two kinds'));
      expect(said).toHaveLength(differ ? 1 : 0);
      for (const notice of said)
        expect(notice).toMatch(new RegExp(`the kind of its ${parentOf(method)} parent`));
    }
  });
});

/** Every tensor is there with its shape: those of base blocks byte for byte, of new ones as the method says. */
function expectTensors(read: ReadModel, source: ReadModel, method: MethodId): void {
  const expected = new Map<string, string>();
  for (const key of source.tensors.keys()) {
    const [, index, rest] = /^model\.layers\.(\d+)\.(.+)$/.exec(key) ?? [];
    if (index === undefined) expected.set(key, key);
    else {
      expected.set(`model.layers.${2 * Number(index)}.${rest}`, key);
      if (Number(index) < 3) expected.set(`model.layers.${2 * Number(index) + 1}.${rest}`, key);
    }
  }
  expect([...read.tensors.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, tensor] of read.tensors) {
    const of = source.tensors.get(expected.get(key) ?? '');
    expect(tensor.shape, key).toEqual(of?.shape);
    const [, index = '', rest = ''] = /^model\.layers\.(\d+)\.(.+)$/.exec(key) ?? [];
    const gap = (Number(index) - 1) / 2;
    if (index === '' || !Number.isInteger(gap)) {
      expect(Buffer.compare(tensor.bytes, of?.bytes ?? new Uint8Array()), key).toBe(0);
      continue;
    }
    const [below, above] = [gap, gap + 1].map((block) =>
      float32(source.tensors.get(`model.layers.${block}.${rest}`)),
    );
    const mean = below?.map((value, i) => (value + (above?.[i] ?? Number.NaN)) / 2) ?? [];
    const values = float32(tensor);
    if (method === 'copy-next') expect(values, key).toEqual(above);
    else if (method === 'average' || /layernorm/.test(rest)) {
      // The norm before the MLP is moved by a plan first.
      if (method === 'average' || !isMoved(rest, source)) expectNear(values, mean, key);
    }
    expect(values.every(Number.isFinite), key).toBe(true);
  }
}

/** True for the norm before the MLP: the only one over the stream that stands between both parts. */
const isMoved = (rest: string, { tensors }: ReadModel): boolean =>
  tensors.has('model.layers.0.pre_feedforward_layernorm.weight')
    ? rest === 'pre_feedforward_layernorm.weight'
    : tensors.has('model.layers.0.input_layernorm.weight') && rest === 'post_attention_layernorm.weight';

function expectNear(values: Float32Array, expected: ArrayLike<number>, key: string): void {
  expect(values.length).toBe(expected.length);
  for (const [i, value] of values.entries())
    expect(Math.abs(value - (expected[i] ?? Number.NaN)), key).toBeLessThan(1e-6);
}
