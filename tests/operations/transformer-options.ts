import { describe, it } from 'vitest';
import type { AttentionShape } from '../../src/backend/operations';
import { Random } from '../random';
import * as reference from '../reference';
import { PACKABLE, type Subject } from '../subject';

/** What architectures other than Llama ask of the operations. Tolerances as in transformer.ts and gradients.ts. */
const NORM = 4e-6;
const ATTENTION = 1e-5;
const GATE = 1e-5;
const SLOPE = 2e-5;
const uncertainty = reference.DERIVATIVE_ERROR;

const largest = (values: Float64Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const dot = (x: Float64Array, y: Float64Array) =>
  reference.sum(x.length, (i) => (x[i] ?? NaN) * (y[i] ?? NaN));
const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

type Options = Pick<AttentionShape, 'scale' | 'span' | 'cap'>;

/** Queries, past, heads, key-value heads, head dimension. */
const FORWARD: readonly (readonly [Options, number, number, number, number, number])[] = [
  [{ scale: 0.37 }, 7, 0, 2, 2, 8],
  [{ span: 1 }, 5, 3, 2, 1, 4],
  [{ span: 5 }, 90, 0, 2, 1, 8],
  [{ span: 3, cap: 2 }, 9, 70, 4, 2, 12],
  [{ span: 66 }, 131, 0, 1, 1, 8],
  [{ cap: 0.5, scale: 1 }, 33, 0, 2, 1, 16],
  [{ span: 1000, cap: 50 }, 1, 128, 3, 1, 36],
];
/** Windows, queries of one, heads, key-value heads, head dimension. */
const BACKWARD: readonly (readonly [Options, number, number, number, number, number])[] = [
  [{ scale: 0.37 }, 1, 5, 2, 1, 4],
  [{ span: 3 }, 2, 7, 4, 2, 8],
  [{ span: 9, cap: 1 }, 1, 83, 2, 1, 8],
  [{ cap: 2, scale: 0.7 }, 2, 6, 3, 1, 132],
];

export function transformerOptionsSuite(subject: Subject): void {
  const normals = (shape: readonly number[], seed: number, scale = 1) =>
    subject.operand(
      shape,
      'f32',
      new Random(seed).normals(
        shape.reduce((a, b) => a * b, 1),
        scale,
      ),
    );

  it.each(PACKABLE.flatMap((gain) => ([0, 1] as const).map((offset) => [gain, offset] as const)))(
    'normalises every part of a row with a gain of %s plus %i, and goes back',
    async (dtype, offset) => {
      const { backend } = subject;
      for (const [rows, parts, width] of [
        [3, 1, 33],
        [5, 4, 16],
        [2, 3, 7],
      ] as const) {
        const eps = 1e-3;
        const shape = [rows, parts * width];
        const x = normals(shape, rows, 3);
        const gain = subject.operand([width], dtype);
        const upstream = normals(shape, parts);
        const normed = (values: Float64Array, gains: Float64Array) => {
          const value = reference.entries(values, width);
          return reference.tabulate(rows * parts, width, (i, j) => {
            const mean = reference.sum(width, (k) => value(i, k) ** 2) / width;
            return (value(i, j) / Math.sqrt(mean + eps)) * ((gains[j] ?? NaN) + offset);
          });
        };
        const expected = normed(x.values, gain.values);
        const close = { tolerance: NORM, magnitude: expected.map((value) => Math.abs(value) + 1e-2) };
        await subject.expectClose(
          backend.rmsNorm(x.tensor, gain.tensor, eps, offset),
          expected,
          close,
          shape,
        );

        const before = new Float64Array(width).fill(2);
        const gainGradient = subject.values([width], before).tensor;
        const result = backend.rmsNormGradient(
          x.tensor,
          gain.tensor,
          upstream.tensor,
          eps,
          gainGradient,
          offset,
        );
        const ofX = reference.derivatives(x.values, (values) =>
          dot(normed(values, gain.values), upstream.values),
        );
        const ofGain = reference.derivatives(gain.values, (gains) =>
          dot(normed(x.values, gains), upstream.values),
        );
        const slope = (of: Float64Array) => ({ tolerance: SLOPE, magnitude: largest(of) + 2, uncertainty });
        await subject.expectClose(result, ofX, slope(ofX), shape);
        await subject.expectClose(
          gainGradient,
          ofGain.map((value) => value + 2),
          slope(ofGain),
        );
      }
    },
  );

  describe.each(FORWARD)(
    'attention with %o of %i queries after %i, %i heads on %i of dimension %i',
    (options, queries, past, heads, kvHeads, headDim) => {
      it('weighs what it may see', async () => {
        // Two unused rows of keys and values, as in a cache; they must not be read.
        const keys = past + queries + 2;
        const width = kvHeads * headDim;
        const spare = (values: Float64Array) => values.fill(500, (keys - 2) * width);
        const random = new Random(queries + past);
        const q = normals([queries, heads * headDim], 3, 4);
        const k = subject.operand([keys, width], 'f32', spare(random.normals(keys * width)));
        const v = subject.operand([keys, width], 'f32', spare(random.normals(keys * width)));
        const shape = { heads, kvHeads, headDim, past, ...options };
        const expected = reference.causalAttention(q.values, k.values, v.values, queries, shape);
        const result = subject.backend.attention(q.tensor, k.tensor, v.tensor, shape);
        const magnitude = 4 * largest(v.values.subarray(0, (keys - 2) * width));
        await subject.expectClose(result, expected, { tolerance: ATTENTION, magnitude });
      });
    },
  );

  describe.each(BACKWARD)(
    'attention with %o over %i windows of %i, %i heads on %i of dimension %i',
    (options, windows, queries, heads, kvHeads, headDim) => {
      it('goes back', async () => {
        const { backend } = subject;
        const shape = { heads, kvHeads, headDim, past: 0, windows, ...options };
        const rows = windows * queries;
        const q = normals([rows, heads * headDim], 1, 2);
        const k = normals([rows, kvHeads * headDim], 2);
        const v = normals([rows, kvHeads * headDim], 3);
        const upstream = normals([rows, heads * headDim], 4);
        const attended = (given: { q: Float64Array; k: Float64Array; v: Float64Array }) => {
          const out = new Float64Array(q.values.length);
          for (let window = 0; window < windows; window++) {
            const part = (values: Float64Array) =>
              values.subarray((window * values.length) / windows, ((window + 1) * values.length) / windows);
            const own = reference.causalAttention(
              part(given.q),
              part(given.k),
              part(given.v),
              queries,
              shape,
            );
            out.set(own, (window * out.length) / windows);
          }
          return out;
        };
        const values = { q: q.values, k: k.values, v: v.values };
        const out = backend.attention(q.tensor, k.tensor, v.tensor, shape);
        const magnitude = largest(v.values);
        await subject.expectClose(out, attended(values), { tolerance: 2 * ATTENTION, magnitude });
        const pass = { q: q.tensor, k: k.tensor, v: v.tensor, out, upstream: upstream.tensor };
        const gradients = backend.attentionGradient(pass, shape);
        for (const name of ['q', 'k', 'v'] as const) {
          const { length } = values[name];
          // All entries of small tensors; of large tensors as many as take a second.
          const picked = Array.from({ length: Math.min(length, 40) }, (_, i) =>
            Math.floor((i * length) / Math.min(length, 40)),
          );
          const expected = reference.derivativesAt(values[name], picked, (moved) =>
            dot(attended({ ...values, [name]: moved }), upstream.values),
          );
          const read = Float64Array.from(await backend.read(gradients[name]));
          const of = subject.values(
            [picked.length],
            Float64Array.from(picked, (at) => read[at] ?? NaN),
          );
          const close = { tolerance: 2 * SLOPE, magnitude: largest(read), uncertainty };
          await subject.expectClose(of.tensor, expected, close);
        }
      });
    },
  );

  it.each(PACKABLE)('gates %s by GELU, and goes back', async (dtype) => {
    const { backend } = subject;
    for (const count of [1, 7, 129]) {
      const gate = subject.operand([3, count], dtype, new Random(count).normals(3 * count, 4));
      const up = subject.operand([3, count], 'bf16');
      const upstream = normals([3, count], 9);
      const expected = gate.values.map((x, i) => gelu(x) * (up.values[i] ?? NaN));
      const result = backend.swiglu(gate.tensor, up.tensor, 'gelu');
      // Far below zero gelu is tiny; its relative error there does not matter.
      const magnitude = gate.values.map((x, i) => Math.max(1, Math.abs(x)) * Math.abs(up.values[i] ?? NaN));
      await subject.expectClose(result, expected, { tolerance: GATE, magnitude }, [3, count]);
      const ofGate = reference.derivativesOfTerms(
        gate.values,
        (x, i) => gelu(x) * (up.values[i] ?? NaN) * (upstream.values[i] ?? NaN),
      );
      const ofUp = gate.values.map((x, i) => gelu(x) * (upstream.values[i] ?? NaN));
      const slopes = backend.swigluGradient(gate.tensor, up.tensor, upstream.tensor, 'gelu');
      const close = (of: Float64Array) => ({ tolerance: SLOPE, magnitude: largest(of) + 0.1, uncertainty });
      await subject.expectClose(slopes.gate, ofGate, close(ofGate));
      await subject.expectClose(slopes.up, ofUp, close(ofUp));
    }
  });

  it('gates extreme numbers by GELU', async () => {
    const { backend } = subject;
    const gate = subject.values([6], Float64Array.of(-1000, -100, -0, 0, 100, 1000)).tensor;
    const up = subject.values([6], new Float64Array(6).fill(2)).tensor;
    const expected = Float64Array.of(0, 0, 0, 0, 200, 2000);
    const magnitude = expected.map((x) => x + 1e-3);
    await subject.expectClose(backend.swiglu(gate, up, 'gelu'), expected, { tolerance: GATE, magnitude });
    const slopes = backend.swigluGradient(gate, up, up, 'gelu');
    const ofGate = Float64Array.of(0, 0, 2, 2, 4, 4);
    await subject.expectClose(slopes.gate, ofGate, { tolerance: SLOPE, magnitude: 4 });
  });

  it.each([0.5, 30])('caps at %f, and goes back', async (cap) => {
    const { backend } = subject;
    const wide = new Random(5).normals(129, 2 * cap);
    // Around zero, where 1 − e^(−2x) would cancel, and far beyond the cap.
    wide.set([0, -0, 1e-6, -1e-4, 0.07 * cap, -0.16 * cap, 200 * cap, -1e30]);
    for (const dtype of PACKABLE) {
      const x = subject.operand([1, 129], dtype, dtype === 'f16' ? wide.map((v) => Math.max(-6e4, v)) : wide);
      const expected = x.values.map((value) => cap * Math.tanh(value / cap));
      const capped = backend.softCap(x.tensor, cap);
      await subject.expectClose(capped, expected, { tolerance: 1e-6 }, [1, 129]);
      const upstream = normals([1, 129], 6);
      const slopes = upstream.values.map(
        (value, i) => value * (1 - Math.tanh((x.values[i] ?? NaN) / cap) ** 2),
      );
      const close = { tolerance: 1e-6, magnitude: 2 * largest(upstream.values) };
      await subject.expectClose(backend.softCapGradient(capped, upstream.tensor, cap), slopes, close);
    }
  });
}
