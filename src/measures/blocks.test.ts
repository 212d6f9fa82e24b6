import { beforeAll, describe, expect, test } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import type { LlamaConfig } from '../llama/config';
import { LlamaModel } from '../llama/model';
import { naiveLogits, naiveNll, type NaiveTrace } from '../llama/naive';
import { randomModel, type TinyTensor } from '../llama/testing';
import { Weights } from '../llama/weights';
import { DEFAULT_RECIPE } from '../recipe/schema';
import { expand } from '../upscale/expanding/expand';
import { measureBlocks } from './blocks';
import { MEASURE_GROUPS } from './measurement';

const IDS = [1, 5, 36, 0, 7, 7, 12, 30, 2, 18, 21];
const INPUTS = IDS.slice(0, -1);
const ALL = new Set(MEASURE_GROUPS);
const angle = (position: number, pair: number): number => position / 500 ** (pair / 4);

/** Tensors of a model whose block i is block `order[i]` of `tensors`. */
function reordered(
  tensors: ReadonlyMap<string, TinyTensor>,
  order: readonly number[],
): Map<string, TinyTensor> {
  const outer = [...tensors].filter(([name]) => !name.startsWith('model.layers.'));
  const blocks = order.flatMap((source, layer) =>
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(`model.layers.${source}.`)
        ? [[name.replace(`layers.${source}.`, `layers.${layer}.`), tensor] as const]
        : [],
    ),
  );
  return new Map([...outer, ...blocks]);
}

describe.each([
  ['grouped heads', {}],
  ['biases and a tied head', { attention_bias: true, mlp_bias: true, tie_word_embeddings: true }],
] as const)('blocks against a plain float64 forward pass: %s', (_, fields) => {
  const trace: NaiveTrace = { streams: [], attention: [] };
  let config: LlamaConfig;
  let meanLoss: (order: readonly number[]) => number;
  let measured: Awaited<ReturnType<typeof measureBlocks>>;

  beforeAll(async () => {
    const made = await randomModel(fields, 11);
    config = made.config;
    naiveLogits(config, made.tensors, INPUTS, angle, trace);
    meanLoss = (order) => {
      const logits = naiveLogits(
        { ...config, layers: order.length },
        reordered(made.tensors, order),
        INPUTS,
        angle,
      );
      return (
        INPUTS.reduce((sum, __, t) => sum + naiveNll(logits[t] ?? [], IDS[t + 1] ?? 0), 0) / INPUTS.length
      );
    };
    const backend = new CpuBackend();
    const weights = new Weights(backend, made.checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    measured = await measureBlocks(model, undefined, Uint32Array.from(IDS), { groups: ALL });
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  test('what a block does to the residual stream', () => {
    for (const [layer, block] of measured.blocks.entries()) {
      expect(block).toMatchObject({ layer, base: layer, isNew: false });
      const [x, y] = [trace.streams[layer] ?? [], trace.streams[layer + 1] ?? []];
      const length = (v: readonly number[]): number => Math.hypot(...v);
      const dot = (v: readonly number[], w: readonly number[]): number =>
        v.reduce((sum, value, i) => sum + value * (w[i] ?? Number.NaN), 0);
      const mean = (values: readonly number[]): number =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      const change = mean(
        x.map((v, t) => length((y[t] ?? []).map((value, i) => value - (v[i] ?? 0))) / length(v)),
      );
      const cosine = mean(x.map((v, t) => dot(v, y[t] ?? []) / (length(v) * length(y[t] ?? []))));
      expect(block.residualChange).toBeCloseTo(change, 5);
      expect(block.residualCosine).toBeCloseTo(cosine, 5);
      expect(change).toBeGreaterThan(0.05);
    }
  });

  test('attention entropy', () => {
    for (const [layer, block] of measured.blocks.entries()) {
      const entropies = (trace.attention[layer] ?? []).flatMap((head) =>
        head.slice(1).map((weights) => weights.reduce((sum, p) => sum - p * Math.log(p), 0)),
      );
      expect(entropies).toHaveLength(config.heads * (INPUTS.length - 1));
      const mean = entropies.reduce((sum, value) => sum + value, 0) / entropies.length;
      expect(block.attentionEntropy).toBeCloseTo(mean, 5);
    }
  });

  test('losses: up to a block, without it, with it twice, and of the whole', () => {
    const order = Array.from({ length: config.layers }, (__, layer) => layer);
    expect(measured.sample).toMatchObject({ tokens: INPUTS.length });
    expect(measured.sample.loss).toBeCloseTo(meanLoss(order), 5);
    for (const [layer, block] of measured.blocks.entries()) {
      expect(block.logitLensLoss).toBeCloseTo(meanLoss(order.slice(0, layer + 1)), 5);
      expect(block.lossSkipped).toBeCloseTo(meanLoss(order.filter((other) => other !== layer)), 5);
      expect(block.lossDoubled).toBeCloseTo(meanLoss(order.flatMap((i) => (i === layer ? [i, i] : [i]))), 5);
    }
  });

  test('CKA is symmetric, 1 with itself, and the one to the block below is in the matrix', () => {
    const { cka, blocks } = measured;
    const n = blocks.length;
    expect(cka).toHaveLength(n * n);
    for (let i = 0; i < n; i++) {
      expect(cka[i * n + i]).toBeCloseTo(1, 6);
      for (let j = 0; j < n; j++) expect(cka[i * n + j]).toBeCloseTo(cka[j * n + i] ?? Number.NaN, 6);
      if (i > 0) expect(blocks[i]?.ckaToPrevious).toBeCloseTo(cka[i * n + i - 1] ?? Number.NaN, 6);
    }
  });
});

test('a zeroed block changes nothing, and only what was asked for is measured', async () => {
  const { config, checkpoint } = await randomModel({}, 3);
  const backend = new CpuBackend();
  const weights = new Weights(backend, checkpoint, config);
  const recipe = { ...DEFAULT_RECIPE, method: 'average:zero' as const, gaps: [1] };
  const expansion = await expand(backend, weights, recipe);
  const model = new LlamaModel(backend, config, weights, expansion.layers);
  const ids = Uint32Array.from(IDS);
  const { blocks, cka, sample } = await measureBlocks(model, expansion, ids, {
    groups: new Set(['blocks', 'ablations']),
  });
  expect(blocks.map(({ isNew, base }) => [isNew, base])).toEqual([
    [false, 0],
    [false, 1],
    [true, 1],
    [false, 2],
  ]);
  const made = blocks[2];
  expect(made).toMatchObject({ residualChange: 0, attentionEntropy: null, logitLensLoss: null });
  expect(made?.residualCosine).toBeCloseTo(1, 12);
  expect(made?.ckaToPrevious).toBeCloseTo(1, 12);
  expect(made?.lossSkipped).toBe(sample.loss);
  expect(made?.lossDoubled).toBe(sample.loss);
  expect(blocks[1]?.lossSkipped).not.toBe(sample.loss);
  expect(cka).toHaveLength(16);

  const lens = await measureBlocks(model, expansion, ids, { groups: new Set(['lens']) });
  expect(lens.cka).toHaveLength(0);
  expect(lens.sample.loss).toBeCloseTo(sample.loss ?? Number.NaN, 6);
  expect(lens.blocks[2]?.logitLensLoss).toBe(lens.blocks[1]?.logitLensLoss);
  expect(lens.blocks[0]).toMatchObject({ residualChange: null, lossSkipped: null });
  expansion.free();
  weights.free();
  expect(backend.memory().tensors).toBe(0);
});

test('cancelling frees everything', async () => {
  const { config, checkpoint } = await randomModel({}, 3);
  const backend = new CpuBackend();
  const weights = new Weights(backend, checkpoint, config);
  const model = LlamaModel.base(backend, config, weights);
  for (const at of [0.1, 0.3, 0.7]) {
    const controller = new AbortController();
    await expect(
      measureBlocks(model, undefined, Uint32Array.from(IDS), {
        groups: ALL,
        signal: controller.signal,
        onProgress: (fraction) => fraction >= at && controller.abort(),
      }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  }
  weights.free();
  expect(backend.memory().tensors).toBe(0);
});

test('attention entropy counts only what a sliding window shows', async () => {
  const entropies = async (span: number): Promise<(number | null)[]> => {
    const fields = { architectures: ['MistralForCausalLM'], sliding_window: span };
    const { config, checkpoint } = await randomModel(fields, 3);
    const backend = new CpuBackend();
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    const groups = new Set(['attention'] as const);
    const { blocks } = await measureBlocks(model, undefined, Uint32Array.from(IDS), { groups });
    weights.free();
    expect(backend.memory().tensors).toBe(0);
    return blocks.map(({ attentionEntropy }) => attentionEntropy);
  };
  for (const entropy of await entropies(1)) expect(entropy).toBeCloseTo(0, 10);
  for (const entropy of await entropies(2)) {
    expect(entropy).toBeGreaterThan(0.1);
    expect(entropy).toBeLessThan(Math.log(2));
  }
});
