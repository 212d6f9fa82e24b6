// What LESA's networks come to depends on rounding errors (docs/method.md, 6.4). These tests hold what that rests on.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { CpuBackend } from '../../backend/cpu/backend';
import type { Backend } from '../../backend/operations';
import { randomSource, shuffled } from '../../random';
import { shippedModel } from '../testing';
import { SliceTable } from './dataset';
import { HIDDEN, initialParameters, Predictor } from './predictor';
import { type ThinSvd, thinSvd } from './svd';
import { trainEpoch, TRAINING } from './training';

/** gate_proj of all blocks of the shipped model, whose networks are the most sensitive with the recipe's seed 0. */
const KEY = 'mlp.gate_proj.weight';
/** The seed that `prepare` gives to gate_proj. */
const SEED = (4 * 0x9e3779b9) >>> 0;
const EPOCHS = 2;

/** A software adapter is slow; training.slow.test.ts compares an epoch of a smaller model on it. */
const float32Backends = (await openBackends()).filter(({ name, slow }) => name !== 'cpu' && !slow);

async function decomposed(): Promise<{ svd: ThinSvd; columns: number }> {
  const backend = new CpuBackend();
  const { weights } = await shippedModel(backend);
  const layers: Float32Array[] = [];
  let [rows, columns] = [0, 0];
  for (let layer = 0; layer < weights.config.layers; layer++) {
    const tensor = (await weights.block(layer)).get(KEY);
    if (!tensor) throw new Error(`expected ${KEY}, got none`);
    [rows = 0, columns = 0] = tensor.shape;
    layers.push(await backend.read(tensor));
    weights.release(layer);
  }
  backend.dispose();
  return { svd: await thinSvd(layers, rows, columns, () => undefined), columns };
}

/** Trains for some epochs. Returns the prediction between blocks 3 and 4, and the losses of all batches. */
async function predicted(backend: Backend, { svd, columns }: Awaited<ReturnType<typeof decomposed>>) {
  const random = randomSource(SEED);
  const table = new SliceTable(backend, svd, columns);
  const predictor = new Predictor(backend, columns, initialParameters(columns, random));
  const losses: number[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch++)
    losses.push(...(await trainEpoch(backend, predictor, table, shuffled(table.examples, random))));
  const values = await backend.read(predictor.predict(table.slice(3), table.slice(4)));
  return { values, losses };
}

describe('the networks of the shipped model', () => {
  let given: Awaited<ReturnType<typeof decomposed>>;
  let float64: Awaited<ReturnType<typeof predicted>>;
  beforeAll(async () => {
    given = await decomposed();
    float64 = await predicted(new CpuBackend(), given);
  }, 120_000);

  describe.each(float32Backends)('on $name', ({ open }) => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await open();
    });
    afterAll(() => backend.dispose());

    it('are those of float64 sums until a unit of theirs is active by rounding alone', async () => {
      const { values, losses } = await predicted(backend, given);
      const difference = Math.hypot(...values.map((value, i) => value - (float64.values[i] ?? Number.NaN)));
      expect(difference / Math.hypot(...float64.values)).toBeLessThan(1e-5);
      for (const [i, loss] of losses.entries())
        expect(Math.abs(loss / (float64.losses[i] ?? Number.NaN) - 1)).toBeLessThan(1e-5);
    }, 120_000);
  });
});

it('one step differs by the whole learning rate where rounding decides whether a unit is active', async () => {
  const width = 10;
  const backend = new CpuBackend();
  const random = new Random(3);
  const slices = [0, 1, 2].map(() => Float32Array.from(random.normals(40 * width, 0.1)));
  const table = new SliceTable(backend, { rank: 40, slices }, width);
  const order = Uint32Array.from({ length: table.examples }, (_, i) => i);
  const start = initialParameters(width, randomSource(5));
  // Unit 0 of the first layer gives its bias, whatever the example.
  for (const name of ['firstPrevious', 'firstNext'] as const) start[name].fill(0, 0, width);
  const stepped = async (bias: number) => {
    const values = { ...start, firstBias: start.firstBias.map((value, unit) => (unit === 0 ? bias : value)) };
    const predictor = new Predictor(backend, width, values);
    await trainEpoch(backend, predictor, table, order);
    return predictor.read('value');
  };
  const rounding = 1e-9;
  const [active, idle] = [await stepped(rounding), await stepped(-rounding)];
  const { rate } = TRAINING.adamW;
  const moved = Math.abs((active.firstBias[0] ?? 0) - (idle.firstBias[0] ?? 0));
  expect(moved / rate).toBeCloseTo(1, 2);
  for (let i = 0; i < width; i++) {
    const weight = Math.abs(active.firstPrevious[i] ?? 0) / rate;
    // |g|/(|g| + eps), with gradients g of about 1e-6.
    expect(weight, `weight ${i}`).toBeGreaterThan(0.9);
    expect(weight, `weight ${i}`).toBeLessThan(1.001);
  }
  expect(idle.firstPrevious.subarray(0, width).every((value) => value === 0)).toBe(true);
  // All other units differ by rounding alone.
  const others = Math.max(
    ...Array.from({ length: HIDDEN - 1 }, (_, i) =>
      Math.abs((active.firstBias[i + 1] ?? 0) - (idle.firstBias[i + 1] ?? Number.NaN)),
    ),
  );
  expect(others).toBeLessThan(1e-6);
  table.free();
});
