import { beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../tests/fixtures/demo-model.json';
import { CpuBackend } from '../backend/cpu/backend';
import type { Backend } from '../backend/operations';
import { Checkpoint } from '../checkpoint/checkpoint';
import { decode } from '../checkpoint/dtype';
import { type Block, blockShapes, blockTensorName } from './block';
import { checkTensors } from './check';
import { type LlamaConfig, parseConfig } from './config';
import { evaluate } from './evaluate';
import { residentBlock } from './block-handle';
import type { Layer } from './layer';
import { LlamaModel } from './model';
import { logitsOf, shippedFiles, worstDifference } from './testing';
import { Weights } from './weights';

const baseLayer = (index: number): Layer => ({ kind: 'base', index });

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(worstDifference(got, expected)).toBeLessThan(tolerance);
}

describe('the shipped model against float64 PyTorch', () => {
  let checkpoint: Checkpoint;
  let config: LlamaConfig;
  const { forward, arms } = fixture;
  const window = Uint32Array.from(forward.ids);

  beforeAll(async () => {
    checkpoint = await Checkpoint.open(await shippedFiles());
    config = parseConfig(checkpoint.config);
    checkTensors(config, checkpoint);
  });

  async function meanLoss(layers: (backend: Backend) => readonly Layer[]): Promise<number> {
    const backend = new CpuBackend();
    const weights = new Weights(backend, checkpoint, config);
    const result = await evaluate(new LlamaModel(backend, config, weights, layers(backend)), [window]);
    backend.dispose();
    return result.loss;
  }

  it('has the same loss, token by token', async () => {
    const backend = new CpuBackend();
    const weights = new Weights(backend, checkpoint, config);
    const result = await evaluate(LlamaModel.base(backend, config, weights), [window]);
    expectClose(result.nll, forward.nll, 1e-4);
    expect(Math.abs(result.loss - forward.mean_nll)).toBeLessThan(1e-5);
    expect(result.perplexity).toBeCloseTo(Math.exp(forward.mean_nll), 3);
    weights.free();
    expect(backend.memory().tensors).toBe(0);
  });

  it('has the same logits', async () => {
    const backend = new CpuBackend();
    const model = LlamaModel.base(backend, config, new Weights(backend, checkpoint, config));
    const logits = await logitsOf(model, forward.ids.slice(0, -1));
    const { norm, sum, index, value } = forward.logits;
    expect(Math.sqrt(logits.reduce((total, x) => total + x * x, 0)) / norm).toBeCloseTo(1, 6);
    expect(logits.reduce((total, x) => total + x, 0) / sum).toBeCloseTo(1, 6);
    expectClose(
      index.map((i) => logits[i] ?? Number.NaN),
      value,
      1e-4,
    );
    const last = [...logits.slice(-config.vocabSize).entries()].sort((a, b) => b[1] - a[1]).slice(0, 5);
    expect(last.map(([id]) => id)).toEqual(forward.last_top5.map(([id]) => id));
    expectClose(
      last.map(([, logit]) => logit),
      forward.last_top5.map(([, logit]) => logit ?? 0),
      1e-4,
    );
  });

  it('runs base blocks in any order (SOLAR)', async () => {
    const loss = await meanLoss(() => arms.solar_order.map(baseLayer));
    expect(Math.abs(loss - arms.solar)).toBeLessThan(1e-5);
  });

  it.each([3, 6] as const)('runs a new block after base block %i', async (gap) => {
    const average = new Map<string, Float32Array>();
    for (const key of blockShapes(config).keys()) {
      const [a, b] = await Promise.all(
        [gap, gap + 1].map(async (layer) => {
          const name = blockTensorName(config, layer, key);
          return decode(await checkpoint.read(name), checkpoint.tensors.get(name)?.dtype ?? '');
        }),
      );
      if (a !== undefined && b !== undefined)
        average.set(
          key,
          a.map((value, i) => (value + (b[i] ?? 0)) / 2),
        );
    }
    const loss = await meanLoss((backend) => {
      const shapes = blockShapes(config);
      const block: Block = new Map(
        [...average].map(([key, values]) => [key, backend.upload(values, shapes.get(key) ?? [], 'f32', key)]),
      );
      const layers: Layer[] = Array.from({ length: config.layers }, (_, index) => baseLayer(index));
      layers.splice(gap + 1, 0, { kind: 'new', like: gap, block: residentBlock(block) });
      return layers;
    });
    expect(Math.abs(loss - fixture.blocks[gap].average.insert_loss)).toBeLessThan(1e-5);
  });
});
