import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { CpuBackend } from '../../backend/cpu/backend';
import type { Backend } from '../../backend/operations';
import { randomSource } from '../../random';
import { UpscaleError } from '../block/errors';
import { SliceTable } from './dataset';
import { MatrixModel } from './matrix-model';
import { HIDDEN, initialParameters, PARAMETERS, parameterShapes, Predictor } from './predictor';
import { examplesOf, jacobiSvd, ReferenceNetwork, type Rows, sideBySide, toRows } from './testing';
import { shuffled } from '../../random';
import { train, trainEpoch, TRAINING } from './training';

const WIDTH = 10;
const RANK = 50;
const LAYERS = 6;

/** Slices whose rows over all layers have about unit length. */
const randomSlices = (rank = RANK, seed = 5): Float32Array[] => {
  const random = new Random(seed);
  return Array.from({ length: LAYERS }, () =>
    Float32Array.from(random.normals(rank * WIDTH, 1 / Math.sqrt(LAYERS * WIDTH))),
  );
};

const referenceExamples = (slices: readonly Float32Array[]) =>
  examplesOf(slices.map((slice) => toRows(slice, WIDTH)));

describe.each(await openBackends())('training on $name', ({ name, slow, open }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  it('takes the epoch that float64 takes from the same start over the same batches', async () => {
    const slices = randomSlices();
    const values = initialParameters(WIDTH, randomSource(1));
    const predictor = new Predictor(backend, WIDTH, values);
    const table = new SliceTable(backend, { rank: RANK, slices }, WIDTH);
    const reference = new ReferenceNetwork(WIDTH, values);
    const examples = referenceExamples(slices);
    expect(table.examples).toBe(examples.length);
    const order = new Random(2).permutation(examples.length);
    const losses = await trainEpoch(backend, predictor, table, order);
    // 200 examples: three batches of 64 and one of 8.
    const expected = [0, 64, 128, 192].map((first) => {
      const picked = [...order.subarray(first, first + 64)].flatMap((i) => examples[i] ?? []);
      return reference.step(picked, 5e-4, 1e-3);
    });
    expect(losses).toHaveLength(4);
    // Weights are rounded to float32 after every step; on the GPU every sum is, too. AdamW divides a gradient by its own
    // size, so a tiny gradient with rounding errors can change a step of 1e-3 noticeably.
    const tolerance =
      name === 'cpu' ? { loss: 2e-7, mean: 2e-8, worst: 1e-7 } : { loss: 2e-6, mean: 1e-7, worst: 3e-6 };
    for (const [i, loss] of losses.entries())
      expect(Math.abs(loss / (expected[i] ?? Number.NaN) - 1)).toBeLessThan(tolerance.loss);
    const trained = await predictor.read('value');
    const slots = reference.slots(WIDTH);
    for (const parameter of PARAMETERS) {
      const errors = slots[parameter].map(({ value }, i) =>
        Math.abs((trained[parameter][i] ?? Number.NaN) - value),
      );
      expect(errors).toHaveLength(trained[parameter].length);
      expect(Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length)).toBeLessThan(
        tolerance.mean,
      );
      expect(Math.max(...errors)).toBeLessThan(tolerance.worst);
      // Steps are far larger than the tolerance, so an untrained parameter would fail.
      const moved = values[parameter].map((value, i) => Math.abs((trained[parameter][i] ?? 0) - value));
      expect(Math.max(...moved)).toBeGreaterThan(2e-3);
    }
    predictor.free();
    table.free();
  });

  it('has the gradients that differences of the loss have', async () => {
    const slices = randomSlices(2);
    // λ is large enough for both parts of the loss to matter.
    const lambda = 0.05;
    const values = initialParameters(WIDTH, randomSource(3));
    const predictor = new Predictor(backend, WIDTH, values);
    const table = new SliceTable(backend, { rank: 2, slices }, WIDTH);
    const examples = referenceExamples(slices);
    const batch = table.batch(Uint32Array.from(examples.keys()));
    const loss = predictor.backpropagate(batch, lambda);
    const reference = new ReferenceNetwork(WIDTH, values);
    expect(
      Math.abs(((await backend.read(loss))[0] ?? 0) / reference.loss(examples, lambda) - 1),
    ).toBeLessThan(1e-5);
    const gradients = await predictor.read('gradient');
    const slots = reference.slots(WIDTH);
    const random = new Random(4);
    for (const parameter of PARAMETERS) {
      const largest = Math.max(...gradients[parameter].map(Math.abs));
      expect(largest).toBeGreaterThan(1e-5);
      for (let sample = 0; sample < 6; sample++) {
        const at = Math.floor(random.uniform() * slots[parameter].length);
        const slot = slots[parameter][at];
        if (!slot) throw new Error('no such parameter');
        const start = slot.value;
        const h = 1e-5;
        slot.value = start + h;
        const above = reference.loss(examples, lambda);
        slot.value = start - h;
        const below = reference.loss(examples, lambda);
        slot.value = start;
        const error = Math.abs((above - below) / (2 * h) - (gradients[parameter][at] ?? Number.NaN));
        // Differences in float64 are exact to 1e-10, gradients in float32 to 1e-5 of the largest.
        expect(error).toBeLessThan(1e-9 + 1e-4 * largest);
      }
    }
    backend.free(loss, batch.previous, batch.next, batch.target);
    predictor.free();
    table.free();
  });

  // A software adapter would take a minute, for nothing random happens on the device.
  if (slow) return;

  it('ends in the same numbers for the same seed, and in others for another', async () => {
    const rank = 20;
    const slices = randomSlices(rank);
    const end = async (seed: number): Promise<number[]> => {
      const random = randomSource(seed);
      const predictor = new Predictor(backend, WIDTH, initialParameters(WIDTH, random));
      const table = new SliceTable(backend, { rank, slices }, WIDTH);
      const losses = await train(backend, predictor, table, random);
      const { third } = await predictor.read('value');
      predictor.free();
      table.free();
      return [...losses, ...third];
    };
    const first = await end(7);
    expect(await end(7)).toEqual(first);
    expect(await end(8)).not.toEqual(first);
  });
});

describe('training', () => {
  /** A CPU backend whose largest tensor holds two slices. */
  class Narrow extends CpuBackend {
    override readonly info = { ...new CpuBackend().info, maxTensorBytes: 2 * 4 * RANK * WIDTH };
  }

  it.each([
    ['one tensor', () => new CpuBackend()],
    ['bands of two layers', () => new Narrow()],
  ])('examples are rows of triples of layers, the table being %s', async (_, open) => {
    const backend = open();
    const slices = randomSlices();
    const table = new SliceTable(backend, { rank: RANK, slices }, WIDTH);
    const examples = referenceExamples(slices);
    expect(table.examples).toBe((LAYERS - 2) * RANK);
    const order = new Random(6).permutation(examples.length);
    const batch = table.batch(order);
    const [previous, next, target] = [
      toRows(await backend.read(batch.previous), WIDTH),
      toRows(await backend.read(batch.next), WIDTH),
      toRows(await backend.read(batch.target), WIDTH),
    ];
    for (const [i, example] of order.entries()) {
      expect([...(previous[i] ?? []), ...(next[i] ?? [])]).toEqual(examples[example]?.input);
      expect(target[i]).toEqual(examples[example]?.target);
    }
    for (const [layer, slice] of slices.entries()) {
      const held = table.slice(layer);
      expect(await backend.read(held)).toEqual(slice);
      backend.free(held);
    }
    backend.free(batch.previous, batch.next, batch.target);
    table.free();
    expect(backend.memory().tensors).toBe(0);
  });

  it('starts as linear layers of PyTorch do: uniform in ±1/√inputs', () => {
    const width = 40;
    const values = initialParameters(width, randomSource(1));
    const shapes = parameterShapes(width);
    for (const parameter of PARAMETERS) {
      const bound = 1 / Math.sqrt(parameter.startsWith('first') ? 2 * width : HIDDEN);
      const drawn = [...values[parameter]].map((value) => value / bound);
      expect(drawn).toHaveLength(shapes[parameter].reduce((product, size) => product * size, 1));
      const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
      const square = drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length;
      // Four standard errors of the mean and of the mean square of uniform numbers in ±1.
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 3 / drawn.length));
      expect(Math.abs(square - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / drawn.length));
      expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(1.0000001);
    }
  });

  it('shuffles every number once, evenly', () => {
    const random = randomSource(1);
    const sums = new Float64Array(10);
    for (let round = 0; round < 4000; round++) {
      const order = shuffled(10, random);
      expect([...order].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      for (const [i, value] of order.entries()) sums[i] = (sums[i] ?? 0) + value / 4000;
    }
    // The mean of 4000 indices has a standard error of 0.045.
    for (const mean of sums) expect(Math.abs(mean - 4.5)).toBeLessThan(0.2);
  });

  it('learns that the middle of a triple is the mean of the others', async () => {
    const backend = new CpuBackend();
    const random = new Random(9);
    const [rank, start, slope] = [400, random.normals(400 * WIDTH, 0.1), random.normals(400 * WIDTH, 0.02)];
    const slices = Array.from({ length: LAYERS }, (_, l) =>
      Float32Array.from(start, (x, i) => x + l * (slope[i] ?? Number.NaN)),
    );
    const predictor = new Predictor(backend, WIDTH, initialParameters(WIDTH, randomSource(2)));
    const table = new SliceTable(backend, { rank, slices }, WIDTH);
    const seen: number[] = [];
    const losses = await train(backend, predictor, table, randomSource(3), {
      onProgress: ({ fraction }) => seen.push(fraction),
    });
    expect(losses).toHaveLength(TRAINING.epochs);
    expect(losses.at(-1) ?? 1).toBeLessThan((losses[0] ?? 0) / 20);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    backend.dispose();
  });

  it('stops when it is cancelled, and says when the loss is not finite', async () => {
    const backend = new CpuBackend();
    const slices = randomSlices();
    const values = initialParameters(WIDTH, randomSource(2));
    const predictor = new Predictor(backend, WIDTH, values);
    const table = new SliceTable(backend, { rank: RANK, slices }, WIDTH);
    const held = backend.memory().tensors;
    const controller = new AbortController();
    let batches = 0;
    const cancelled = train(backend, predictor, table, randomSource(3), {
      signal: controller.signal,
      onProgress: () => {
        if (++batches === 6) controller.abort();
      },
    });
    await expect(cancelled).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(batches).toBe(6);
    slices[2]?.fill(Number.NaN, 0, 1);
    const broken = new SliceTable(backend, { rank: RANK, slices }, WIDTH);
    await expect(train(backend, predictor, broken, randomSource(3))).rejects.toThrow(UpscaleError);
    broken.free();
    // Frees the gradients and the rows of ones, of which each batch size has its own.
    predictor.endTraining();
    predictor.endTraining();
    expect(backend.memory().tensors).toBeLessThan(held);
    predictor.free();
    table.free();
    expect(backend.memory().tensors).toBe(0);
  });
});

it('predicts the matrix that a float64 SVD and network of its own predict', async () => {
  const [rows, columns, count] = [12, 7, 4];
  const random = new Random(11);
  const layers = Array.from({ length: count }, () => Float32Array.from(random.normals(rows * columns, 0.3)));
  const backend = new CpuBackend();
  const model = await MatrixModel.fit(backend, { layers, rows, columns }, { seed: 21 });
  if (!model) throw new Error('expected a model');

  const { u, s, v } = jacobiSvd(sideBySide(layers, columns));
  const slices = layers.map((_, l): Rows => v.map((row) => row.slice(l * columns, (l + 1) * columns)));
  const network = new ReferenceNetwork(columns, initialParameters(columns, randomSource(21)));
  // 24 examples fit into one batch, so their order does not matter.
  for (let epoch = 0; epoch < 10; epoch++) network.step(examplesOf(slices), 5e-4, 1e-3);
  for (const [previous, next] of [
    [1, 2],
    [3, 0],
  ] as const) {
    const predicted = (slices[previous] ?? []).map(
      (row, r) => network.forward([...row, ...(slices[next]?.[r] ?? [])]).at(-1) ?? [],
    );
    const expected = u.flatMap((row) =>
      Array.from({ length: columns }, (_, j) =>
        row.reduce((sum, x, r) => sum + x * (s[r] ?? Number.NaN) * (predicted[r]?.[j] ?? Number.NaN), 0),
      ),
    );
    const matrix = model.between(previous, next);
    const got = await backend.read(matrix);
    expect(matrix.shape).toEqual([rows, columns]);
    const largest = Math.max(...expected.map(Math.abs));
    for (const [i, value] of expected.entries())
      expect(Math.abs((got[i] ?? Number.NaN) - value)).toBeLessThan(1e-6 * largest);
    backend.free(matrix);
  }
  model.free();
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

it('has nothing to learn from zeros', async () => {
  const backend = new CpuBackend();
  const layers = [new Float32Array(12), new Float32Array(12), new Float32Array(12)];
  expect(await MatrixModel.fit(backend, { layers, rows: 3, columns: 4 }, { seed: 0 })).toBeUndefined();
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});
