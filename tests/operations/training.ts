import { expect, it } from 'vitest';
import { Random } from '../random';
import * as reference from '../reference';
import { PACKABLE, type Subject } from '../subject';

const SIZES = [1, 7, 2049] as const;
/** Relative to the added terms: float32 sums of up to 8256 squares, and their roots. */
const LOSS = 4e-6;
/** Relative to the step, and to the parameter itself. */
const STEP = 2e-6;

export function trainingSuite(subject: Subject): void {
  it.each(PACKABLE.flatMap((dtype) => SIZES.map((size) => [dtype, size] as const)))(
    'rectifies %s [%i], and goes back through it',
    async (dtype, size) => {
      const { backend } = subject;
      const source = new Random(size).normals(size);
      source[0] = 0;
      const x = subject.operand([size], dtype, source);
      const upstream = subject.operand([size], 'f32', new Random(8).normals(size));
      const active = x.values.map((value) => (value > 0 ? value : 0));
      const activation = backend.relu(x.tensor);
      await subject.expectExactly(activation, active, [size]);
      const passed = upstream.values.map((value, i) => ((x.values[i] ?? NaN) > 0 ? value : 0));
      await subject.expectExactly(backend.reluGradient(activation, upstream.tensor), passed, [size]);
      // The upstream gradient may be packed too, and the gate need not come from relu.
      const gated = backend.reluGradient(upstream.tensor, x.tensor);
      await subject.expectExactly(
        gated,
        x.values.map((value, i) => ((upstream.values[i] ?? NaN) > 0 ? value : 0)),
      );
    },
  );

  it('keeps NaN', async () => {
    const x = subject.values([3], Float64Array.of(-1, NaN, 2)).tensor;
    await subject.expectExactly(subject.backend.relu(x), [0, NaN, 2]);
  });

  it.each([
    [1, 1, 0.3],
    [7, 33, 0],
    [64, 129, 5e-4],
    [33, 7, 1],
  ] as const)('takes the loss of %i × %i at λ = %d', async (rows, columns, lambda) => {
    const { backend } = subject;
    const shape = [rows, columns];
    const p = subject.operand(shape, 'f32', new Random(1).normals(rows * columns, 0.3));
    const t = subject.operand(shape, 'bf16', new Random(2).normals(rows * columns));
    const n = rows * columns;
    const value = (values: Float64Array, i: number) => values[i] ?? NaN;
    const mean = reference.sum(n, (i) => (value(p.values, i) - value(t.values, i)) ** 2) / n;
    const norm = (values: Float64Array) => Math.sqrt(reference.sum(n, (i) => value(values, i) ** 2));
    const [size, wanted] = [norm(p.values), norm(t.values)];
    const gradient = subject.values(shape, new Float64Array(n).fill(9)).tensor;
    const loss = backend.normMatchedLoss(p.tensor, t.tensor, lambda, gradient);
    const magnitude = (1 - lambda) * mean + lambda * (size + wanted) ** 2;
    await subject.expectClose(
      loss,
      Float64Array.of((1 - lambda) * mean + lambda * (size - wanted) ** 2),
      { tolerance: LOSS, magnitude },
      [1],
    );
    const slope = (i: number, whole: boolean): number => {
      const error = [value(p.values, i), -value(t.values, i)].map((x) => (whole ? Math.abs(x) : x));
      const sizes = (size - (whole ? -wanted : wanted)) / size;
      return (
        ((1 - lambda) * 2 * ((error[0] ?? NaN) + (error[1] ?? NaN))) / n +
        lambda * 2 * sizes * (error[0] ?? NaN)
      );
    };
    await subject.expectClose(
      gradient,
      Float64Array.from({ length: n }, (_, i) => slope(i, false)),
      { tolerance: LOSS, magnitude: Float64Array.from({ length: n }, (_, i) => slope(i, true)) },
    );
  });

  it('gives the derivative of the loss it returns', async () => {
    const { backend } = subject;
    const [rows, columns, lambda, h] = [3, 5, 0.25, 2 ** -7];
    const random = new Random(3);
    const p = random.normals(rows * columns);
    const target = subject.values([rows, columns], random.normals(rows * columns)).tensor;
    const gradient = backend.zeros([rows, columns], 'gradient');
    const lossAt = async (at: Float64Array, into = backend.zeros([rows, columns], 'unused')) => {
      const point = subject.values([rows, columns], at).tensor;
      return (await backend.read(backend.normMatchedLoss(point, target, lambda, into)))[0] ?? NaN;
    };
    await lossAt(p, gradient);
    const derivatives = await backend.read(gradient);
    for (let i = 0; i < p.length; i++) {
      const moved = (by: number) => p.map((value, j) => (j === i ? value + by : value));
      const difference = ((await lossAt(moved(h))) - (await lossAt(moved(-h)))) / (2 * h);
      // Central differences have an error of h²/6 times a third derivative of order 1; losses of order 3 round to 3e-7.
      expect(Math.abs(difference - (derivatives[i] ?? NaN))).toBeLessThan(1e-4);
    }
  });

  it('takes no slope of the norm of a prediction of zeros', async () => {
    const { backend } = subject;
    const target = subject.values([2, 2], Float64Array.of(1, 2, 0, 2)).tensor;
    const gradient = backend.zeros([2, 2], 'gradient');
    const loss = backend.normMatchedLoss(backend.zeros([2, 2], 'prediction'), target, 0.5, gradient);
    await subject.expectClose(loss, Float64Array.of(0.5 * (9 / 4) + 0.5 * 9), { tolerance: LOSS });
    await subject.expectClose(gradient, Float64Array.of(-0.25, -0.5, 0, -0.5), { tolerance: LOSS });
  });

  // Nine tensors are more than any device updates in one dispatch.
  it.each([[[1]], [[2049]], [[7, 2049, 1, 129, 33, 2, 3, 5, 64]]])(
    'takes three steps of AdamW on tensors of %j entries',
    async (sizes) => {
      const { backend } = subject;
      const [rate, beta1, beta2, eps, weightDecay] = [0.01, 0.9, 0.99, 1e-3, 0.1];
      const all = sizes.map((size) => {
        const random = new Random(size + 5);
        const start = subject.values([size], random.normals(size));
        const moments = backend.zeros([2, size], 'moments');
        return {
          random,
          value: start.tensor,
          moments,
          expected: Array.from(start.values, (p) => ({ p, m: 0, v: 0 })),
        };
      });
      for (let step = 1; step <= 3; step++) {
        const parameters = all.map(({ random, value, moments, expected }) => {
          const gradient = subject.values([expected.length], random.normals(expected.length));
          for (const [i, entry] of expected.entries()) {
            const g = gradient.values[i] ?? NaN;
            entry.m = beta1 * entry.m + (1 - beta1) * g;
            entry.v = beta2 * entry.v + (1 - beta2) * g * g;
            const unbiased = { m: entry.m / (1 - beta1 ** step), v: entry.v / (1 - beta2 ** step) };
            entry.p =
              entry.p - rate * weightDecay * entry.p - (rate * unbiased.m) / (Math.sqrt(unbiased.v) + eps);
          }
          return { value, gradient: gradient.tensor, moments };
        });
        backend.adamW(parameters, { rate, betas: [beta1, beta2], eps, weightDecay, step });
      }
      // Every step rounds to float32; the first two add half a unit in the last place each.
      const rounded = (values: Float64Array): number => 2 * 2 ** -24 * Math.max(...values.map(Math.abs));
      for (const { value, moments, expected } of all) {
        const p = Float64Array.from(expected, (entry) => entry.p);
        const m = expected.map((entry) => entry.m);
        const both = Float64Array.from([...m, ...expected.map(({ v }) => v)]);
        // Means of gradients may cancel, those of squares may not.
        const magnitude = both.map((entry, i) => (i < m.length ? 1 : entry));
        await subject.expectClose(value, p, { tolerance: STEP, uncertainty: rounded(p), magnitude: 1 });
        await subject.expectClose(moments, both, { tolerance: STEP, uncertainty: rounded(both), magnitude });
      }
    },
  );
}
