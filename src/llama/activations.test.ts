import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import type { Backend, Tensor } from '../backend/operations';
import { ACTIVATIONS, type ActivationName, blockActivations, BlockInputs } from './activations';
import { kindOf } from './layer';
import { LlamaModel } from './model';
import { naiveLogits, type NaiveTrace } from './naive';
import { randomModel, worstDifference } from './testing';
import { Weights } from './weights';

const WINDOWS = [
  [1, 5, 36, 0, 7, 7, 12],
  [30, 2, 18],
];
const angle = (position: number, pair: number): number => position / 500 ** (pair / 4);

describe.each(await openBackends())('activations on $name', ({ name, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  it.each([
    ['grouped heads', {}],
    ['biases', { attention_bias: true, mlp_bias: true }],
  ] as const)('are those of a plain float64 forward pass: %s', async (_, fields) => {
    const { config, checkpoint, tensors } = await randomModel(fields, 5, 'BF16');
    const traces = WINDOWS.map((ids) => {
      const trace = { streams: [], attention: [], activations: [] } satisfies NaiveTrace;
      naiveLogits(config, tensors, ids, angle, trace);
      return trace as NaiveTrace;
    });
    const weights = new Weights(backend, checkpoint, config);
    const windows = WINDOWS.map((ids) => Uint32Array.from(ids));
    const inputs = await BlockInputs.of(LlamaModel.base(backend, config, weights), windows);
    const tolerance = name === 'cpu' ? 1e-5 : 2e-4;
    for (let layer = 0; layer < config.layers; layer++) {
      const block = await weights.block(layer);
      const seen = await blockActivations(
        { backend, config, block, kind: kindOf(config, { kind: 'base', index: layer }) },
        inputs.at(layer),
        ACTIVATIONS,
      );
      weights.release(layer);
      for (const [activation, tensor] of seen) {
        const expected = traces.flatMap(({ activations }) => activations?.[layer]?.get(activation) ?? []);
        const [neurons = 0, tokens = 0] = tensor.shape;
        expect(tokens).toBe(10);
        expect(expected.map((vector) => vector.length)).toEqual(expected.map(() => neurons));
        const transposed = Array.from({ length: neurons }, (__, i) =>
          expected.map((vector) => vector[i] ?? 0),
        );
        const difference = worstDifference(await backend.read(tensor), transposed.flat());
        expect(difference, `${activation} of block ${layer}`).toBeLessThan(tolerance);
      }
      backend.free(...seen.values());
    }
    expect(() => inputs.at(config.layers)).toThrow(/below 3, got 3/);
    inputs.free();
    weights.free();
  });

  it('gives only what is asked for, and leaves nothing behind when it is cancelled', async () => {
    const { config, checkpoint } = await randomModel({}, 6);
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    const inputs = await BlockInputs.of(model, [Uint32Array.from([3, 4])]);
    const block = await weights.block(0);
    const look = (names: readonly ActivationName[], signal?: AbortSignal): Promise<Map<string, Tensor>> =>
      blockActivations(
        { backend, config, block, kind: kindOf(config, { kind: 'base', index: 0 }) },
        inputs.at(0),
        names,
        signal,
      );
    const seen = await look(['self_attn.v_proj']);
    expect([...seen.keys()]).toEqual(['self_attn.v_proj']);
    backend.free(...seen.values());
    const held = backend.memory().tensors;
    await expect(look(['mlp.units'], AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect(backend.memory().tensors).toBe(held);
    weights.release(0);
    inputs.free();
    const aborted = { signal: AbortSignal.abort() };
    await expect(BlockInputs.of(model, [Uint32Array.from([3, 4])], aborted)).rejects.toThrow(/abort/i);
    weights.free();
  });
});
