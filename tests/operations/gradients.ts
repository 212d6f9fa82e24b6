import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/backend/operations';
import { Random } from '../random';
import * as reference from '../reference';
import { PACKABLE, type Operand, type Subject } from '../subject';

/** Relative to the largest derivative: rounding of float32 sums. */
const SLOPE = 2e-5;
const uncertainty = reference.DERIVATIVE_ERROR;

const largest = (values: Float64Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const dot = (x: Float64Array, y: Float64Array) =>
  reference.sum(x.length, (i) => (x[i] ?? NaN) * (y[i] ?? NaN));

/** Windows, queries of one, heads, key-value heads, head dimension. */
const ATTENTIONS = [
  [1, 1, 1, 1, 4],
  [2, 5, 2, 1, 4],
  [3, 7, 4, 2, 8],
  [1, 70, 2, 1, 8],
  [2, 3, 3, 1, 132],
] as const;

export function gradientSuite(subject: Subject): void {
  const upstreamFor = (shape: readonly number[]): Operand =>
    subject.operand(shape, 'f32', new Random(shape[0] ?? 0).normals(shape.reduce((a, b) => a * b, 1)));

  it.each(PACKABLE)('goes back through RMSNorm with a gain of %s', async (dtype) => {
    const { backend } = subject;
    for (const [rows, columns, scale, eps] of [
      [1, 1, 1, 1e-2],
      [7, 33, 3, 1e-5],
      [9, 65, 1, 1e-3],
    ] as const) {
      const x = subject.operand([rows, columns], 'f32', new Random(rows).normals(rows * columns, scale));
      const gain = subject.operand([columns], dtype);
      const upstream = upstreamFor([rows, columns]);
      const loss = (values: Float64Array, gains: Float64Array) => {
        const value = reference.entries(values, columns);
        const means = reference.tabulate(
          rows,
          1,
          (i) => reference.sum(columns, (k) => value(i, k) ** 2) / columns,
        );
        const normed = reference.tabulate(
          rows,
          columns,
          (i, j) => (value(i, j) / Math.sqrt((means[i] ?? NaN) + eps)) * (gains[j] ?? NaN),
        );
        return dot(normed, upstream.values);
      };
      const before = new Float64Array(columns).fill(2);
      const gainGradient = subject.values([columns], before).tensor;
      const result = backend.rmsNormGradient(x.tensor, gain.tensor, upstream.tensor, eps, gainGradient);
      const ofX = reference.derivatives(x.values, (values) => loss(values, gain.values));
      const ofGain = reference.derivatives(gain.values, (gains) => loss(x.values, gains));
      const close = (gradient: Float64Array) => ({
        tolerance: SLOPE,
        magnitude: largest(gradient) + 2,
        uncertainty,
      });
      await subject.expectClose(result, ofX, close(ofX), [rows, columns]);
      await subject.expectClose(
        gainGradient,
        ofGain.map((slope) => slope + 2),
        close(ofGain),
      );
      const alone = backend.rmsNormGradient(x.tensor, gain.tensor, upstream.tensor, eps);
      await subject.expectExactly(alone, await backend.read(result));
    }
  });

  describe.each(ATTENTIONS)(
    'attention over %i windows of %i, %i heads on %i of dimension %i',
    (windows, queries, heads, kvHeads, headDim) => {
      const shape = { heads, kvHeads, headDim, past: 0, windows };
      const rows = windows * queries;
      const random = new Random(rows);
      const operands = () => {
        const make = (width: number) => {
          const values = random.normals(rows * width);
          return subject.operand([rows, width], 'f32', values);
        };
        return { q: make(heads * headDim), k: make(kvHeads * headDim), v: make(kvHeads * headDim) };
      };
      const attended = (q: Float64Array, k: Float64Array, v: Float64Array) => {
        const out = new Float64Array(q.length);
        for (let window = 0; window < windows; window++) {
          const part = (values: Float64Array) =>
            values.subarray((window * values.length) / windows, ((window + 1) * values.length) / windows);
          const own = reference.causalAttention(part(q), part(k), part(v), queries, shape);
          out.set(own, (window * q.length) / windows);
        }
        return out;
      };

      it('keeps windows apart', async () => {
        const { q, k, v } = operands();
        const result = subject.backend.attention(q.tensor, k.tensor, v.tensor, shape);
        const expected = attended(q.values, k.values, v.values);
        await subject.expectClose(result, expected, { tolerance: 1e-5, magnitude: largest(v.values) });
      });

      it('goes back', async () => {
        const { backend } = subject;
        const { q, k, v } = operands();
        const upstream = upstreamFor([rows, heads * headDim]);
        const out = backend.attention(q.tensor, k.tensor, v.tensor, shape);
        const pass = { q: q.tensor, k: k.tensor, v: v.tensor, out, upstream: upstream.tensor };
        const gradients = backend.attentionGradient(pass, shape);
        for (const [name, { values }] of Object.entries({ q, k, v })) {
          const gradient = gradients[name as 'q' | 'k' | 'v'];
          expect(gradient.shape).toEqual([rows, name === 'q' ? heads * headDim : kvHeads * headDim]);
          const actual = await backend.read(gradient);
          // All entries of small tensors; of large tensors as many as take a second.
          const picked = Array.from({ length: Math.min(values.length, 40) }, (_, i) =>
            Math.floor((i * values.length) / Math.min(values.length, 40)),
          );
          const expected = reference.derivativesAt(values, picked, (moved) => {
            const given = { q: q.values, k: k.values, v: v.values, [name]: moved };
            return dot(attended(given.q, given.k, given.v), upstream.values);
          });
          const size = actual.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
          for (const [i, at] of picked.entries())
            expect(Math.abs((actual[at] ?? NaN) - (expected[i] ?? NaN)), `${name}[${at}]`).toBeLessThan(
              SLOPE * size + uncertainty,
            );
        }
      });
    },
  );

  it('attends to a window as to it alone, bit for bit', async () => {
    const { backend } = subject;
    const shape = { heads: 2, kvHeads: 1, headDim: 8, past: 0 };
    const values = new Random(11).normals(2 * 9 * 16);
    const take = (width: number, window?: number) => {
      const part =
        window === undefined
          ? values.subarray(0, 18 * width)
          : values.subarray(9 * width * window, 9 * width * (window + 1));
      return subject.values([window === undefined ? 18 : 9, width], part).tensor;
    };
    const both = await backend.read(backend.attention(take(16), take(8), take(8), { ...shape, windows: 2 }));
    for (const window of [0, 1]) {
      const alone = await backend.read(
        backend.attention(take(16, window), take(8, window), take(8, window), shape),
      );
      expect(both.subarray(144 * window, 144 * (window + 1))).toEqual(alone);
    }
  });

  it.each(PACKABLE)('goes back through the gate in %s', async (dtype) => {
    const { backend } = subject;
    for (const count of [1, 7, 129]) {
      const gate = subject.operand([3, count], dtype, new Random(count).normals(3 * count, 4));
      const up = subject.operand([3, count], 'bf16');
      const upstream = upstreamFor([3, count]);
      const term = (x: number, i: number, by: number) =>
        (x / (1 + Math.exp(-x))) * by * (upstream.values[i] ?? NaN);
      const ofGate = reference.derivativesOfTerms(gate.values, (x, i) => term(x, i, up.values[i] ?? NaN));
      const ofUp = gate.values.map((x, i) => term(x, i, 1));
      const result = backend.swigluGradient(gate.tensor, up.tensor, upstream.tensor);
      await subject.expectClose(
        result.gate,
        ofGate,
        { tolerance: SLOPE, magnitude: largest(ofGate), uncertainty },
        [3, count],
      );
      await subject.expectClose(result.up, ofUp, { tolerance: SLOPE, magnitude: largest(ofUp) }, [3, count]);
    }
  });

  it('has no slope where the gate is shut, and passes all where it is open', async () => {
    const { backend } = subject;
    const gate = subject.values([4], Float64Array.of(-1000, -90, 90, 1000)).tensor;
    const one = subject.values([4], new Float64Array(4).fill(1)).tensor;
    const { gate: ofGate, up } = backend.swigluGradient(gate, one, one);
    await subject.expectClose(ofGate, Float64Array.of(0, 0, 1, 1), {
      tolerance: 1e-6,
      magnitude: 1,
      uncertainty: 1e-36,
    });
    await subject.expectClose(up, Float64Array.of(0, 0, 90, 1000), { tolerance: 1e-6, uncertainty: 1e-36 });
  });

  it.each([
    [1, 2],
    [7, 129],
    [17, 33],
  ])('goes back through the loss of %i positions over %i tokens', async (rows, columns) => {
    const { backend } = subject;
    const logits = subject.operand([rows, columns], 'f32', new Random(rows).normals(rows * columns, 5));
    const targets = Uint32Array.from({ length: rows }, (_, t) => (t * 37) % columns);
    const given = Float64Array.from({ length: rows }, (_, t) => (t % 3 === 1 ? 0 : 1 / (t + 1)));
    const { tensor: factors, values: weights } = subject.values([rows], given);
    const masked = targets.map((target, t) => (weights[t] === 0 ? 2 ** 31 : target));
    const loss = (values: Float64Array) => {
      const value = reference.entries(values, columns);
      return reference.sum(rows, (t) => {
        const total = reference.logSumExp(columns, (c) => value(t, c));
        return (weights[t] ?? NaN) * (total - value(t, targets[t] ?? NaN));
      });
    };
    const expected = reference.derivatives(logits.values, loss);
    backend.crossEntropyGradient(logits.tensor, subject.indices(masked), factors);
    await subject.expectClose(logits.tensor, expected, { tolerance: SLOPE, magnitude: 1, uncertainty });
    const actual = await backend.read(logits.tensor);
    for (const [t, weight] of weights.entries())
      if (weight === 0)
        expect(actual.subarray(t * columns, (t + 1) * columns)).toEqual(new Float32Array(columns));
  });

  it('says NaN for a target outside the vocabulary', async () => {
    const { backend } = subject;
    const logits = backend.zeros([2, 3], 'logits');
    const weights = subject.values([2], Float64Array.of(1, 1)).tensor;
    backend.crossEntropyGradient(logits, subject.indices([1, 3]), weights);
    const actual = await backend.read(logits);
    const third = Math.fround(1 / 3);
    expect(actual[1]).toBeCloseTo(third - 1, 6);
    expect(Array.from(actual.subarray(3))).toEqual([NaN, NaN, NaN]);
  });

  it.each(PACKABLE)('adds rows of %s to those an index names', async (dtype) => {
    const { backend } = subject;
    const rows = subject.operand([6, 33], dtype);
    const index = Uint32Array.of(9, 4, 5, 4, 3, 8);
    const start = new Float64Array(5 * 33).fill(1);
    const into = subject.values([5, 33], start).tensor;
    backend.scatterAdd(rows.tensor, subject.indices(index), into, 4);
    const expected = start.slice();
    for (const [r, row] of index.entries()) {
      if (row < 4 || row >= 9) continue;
      for (let c = 0; c < 33; c++) {
        const at = (row - 4) * 33 + c;
        expected[at] = (expected[at] ?? NaN) + (rows.values[r * 33 + c] ?? NaN);
      }
    }
    await subject.expectClose(into, expected, { tolerance: 1e-6, magnitude: 4 });
  });

  it.each([['f32', 1] as const, ['bf16', 7] as const, ['f16', 70_001] as const, ['f32', 70_001] as const])(
    'sums the squares of %s [%i]',
    async (dtype, count) => {
      const x = subject.operand([count], dtype, new Random(count).normals(count));
      const expected = reference.sum(count, (i) => (x.values[i] ?? NaN) ** 2);
      await subject.expectClose(
        subject.backend.squaredNorms([x.tensor]),
        Float64Array.of(expected),
        { tolerance: 2e-6 },
        [1],
      );
    },
  );

  it('sums the squares of each of many tensors', async () => {
    // More than any device binds to one kernel.
    const sizes = [129, 1, 5000, 33, 7, 2, 64, 1025, 3, 700, 65, 4, 8];
    const tensors = sizes.map((size, i) =>
      subject.operand([size], PACKABLE[i % 3], new Random(i).normals(size)),
    );
    const expected = tensors.map(({ values }) =>
      reference.sum(values.length, (i) => (values[i] ?? NaN) ** 2),
    );
    await subject.expectClose(
      subject.backend.squaredNorms(tensors.map(({ tensor }) => tensor)),
      Float64Array.from(expected),
      { tolerance: 2e-6 },
      [sizes.length],
    );
  });

  it.each([
    ['shrinks a longer gradient', [9, 16], 2, 0.4],
    ['leaves a shorter one', [9, 16], 5.5, 1],
    ['leaves one of no length', [0, 0, 0], 1, 1],
    ['tells that one is not a number', [1, NaN], 1, NaN],
    ['adds up very many', Array.from({ length: 1000 }, () => 0.1), 5, 0.5],
  ] as const)('%s to a norm', async (_, squares, most, factor) => {
    const { backend } = subject;
    const given = subject.values([squares.length], Float64Array.from(squares)).tensor;
    const found = backend.clipFactor(given, most);
    if (Number.isNaN(factor)) expect(await backend.read(found)).toEqual(Float32Array.of(NaN));
    // 0.1 is not exact in float32.
    else
      await subject.expectClose(found, Float64Array.of(factor), { tolerance: 1e-6, uncertainty: 1e-8 }, [1]);
  });

  it('multiplies the gradient of AdamW by its factor, given as a number or on the device', async () => {
    const { backend } = subject;
    const options = { rate: 0.01, betas: [0.9, 0.99], eps: 1e-3, weightDecay: 0.1, step: 1 } as const;
    const step = async (gradientFactor: number | Tensor, slopes: Float64Array) => {
      const value = subject.values([3], Float64Array.of(1, -2, 0.5)).tensor;
      const moments = backend.zeros([2, 3], 'moments');
      const gradient = subject.values([3], slopes).tensor;
      backend.adamW([{ value, gradient, moments }], { ...options, gradientFactor });
      return [await backend.read(value), await backend.read(moments)];
    };
    // A power of two, so that the product is exact.
    const gradient = Float64Array.of(0.5, -3, 0.001);
    const shrunk = await step(
      1,
      gradient.map((x) => x / 4),
    );
    expect(await step(0.25, gradient)).toEqual(shrunk);
    expect(await step(subject.values([1], Float64Array.of(0.25)).tensor, gradient)).toEqual(shrunk);
    expect(await step(1, gradient)).not.toEqual(shrunk);
  });
}
