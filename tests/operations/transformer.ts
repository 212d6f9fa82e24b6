import { describe, expect, it } from 'vitest';
import { Random } from '../random';
import * as reference from '../reference';
import { PACKABLE, type Subject } from '../subject';

const NORM = 4e-6;
const ROPE = 1e-6;
/** Relative to the largest |value|: the output is a mean of values with exponential weights. */
const ATTENTION = 1e-5;
const SWIGLU = 1e-5;
/** Relative to the largest |logit| and the log of the vocabulary size, which float32 subtracts. */
const LOSS = 1e-6;

/** Queries, past, heads, key-value heads, head dimension. */
const ATTENTIONS = [
  [1, 0, 1, 1, 4],
  [7, 0, 2, 2, 8],
  [33, 0, 4, 2, 16],
  [5, 28, 6, 2, 12],
  [1, 128, 3, 1, 36],
  [129, 0, 2, 1, 32],
  [3, 31, 4, 1, 64],
  [2, 1, 1, 1, 132],
] as const;

const largest = (values: Float64Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

export function transformerSuite(subject: Subject): void {
  it.each(PACKABLE.flatMap((x) => PACKABLE.map((gain) => [x, gain] as const)))(
    'normalises %s with a gain of %s',
    async (xType, gainType) => {
      for (const [rows, columns, scale, eps] of [
        [1, 1, 1, 1e-5],
        [7, 33, 100, 1e-6],
        [33, 129, 1, 1e-5],
        [3, 64, 1e-3, 1e-3],
        [5, 1, 1, 1e-5],
        [2, 14_336, 1, 1e-5],
      ] as const) {
        const x = subject.operand([rows, columns], xType, new Random(rows).normals(rows * columns, scale));
        const gain = subject.operand([columns], gainType);
        const value = reference.entries(x.values, columns);
        const means = Float64Array.from(
          { length: rows },
          (_, i) => reference.sum(columns, (k) => value(i, k) ** 2) / columns,
        );
        const expected = reference.tabulate(
          rows,
          columns,
          (i, j) => (value(i, j) / Math.sqrt((means[i] ?? NaN) + eps)) * (gain.values[j] ?? NaN),
        );
        const result = subject.backend.rmsNorm(x.tensor, gain.tensor, eps);
        await subject.expectClose(result, expected, { tolerance: NORM }, [rows, columns]);
      }
    },
  );

  it('normalises a row of zeros to zeros', async () => {
    const { backend } = subject;
    const result = backend.rmsNorm(backend.zeros([2, 33], 'x'), subject.operand([33]).tensor, 1e-5);
    await subject.expectClose(result, new Float64Array(66), { tolerance: 0 });
  });

  it.each([
    [1, 1, 2, 0],
    [7, 3, 10, 5],
    [33, 2, 64, 0],
    [5, 1, 6, 124],
  ])('rotates %i rows of %i heads of %i from position %i', async (rows, heads, headDim, start) => {
    const half = headDim / 2;
    const angle = (position: number, pair: number) => position * 10_000 ** (-pair / half);
    const table = subject.values(
      [129, headDim],
      reference.tabulate(129, headDim, (position, j) =>
        j < half ? Math.cos(angle(position, j)) : Math.sin(angle(position, j - half)),
      ),
    );
    const turn = reference.entries(table.values, headDim);
    for (const dtype of PACKABLE) {
      const x = subject.operand([rows, heads * headDim], dtype);
      const expected = reference.rotaryEmbedded(x.values, rows, heads, headDim, (t, pair) => ({
        cosine: turn(start + t, pair),
        sine: turn(start + t, half + pair),
      }));
      const result = subject.backend.rope(x.tensor, table.tensor, headDim, start);
      const close = { tolerance: ROPE, magnitude: largest(x.values) };
      await subject.expectClose(result, expected, close, [rows, heads * headDim]);
    }
  });

  describe.each(ATTENTIONS)(
    'attention of %i queries after %i, %i heads on %i of dimension %i',
    (queries, past, heads, kvHeads, headDim) => {
      it.each(PACKABLE)('in %s', async (dtype) => {
        const random = new Random(queries + past);
        // Two unused rows of keys and values, as in a cache; they must not be read.
        const keys = past + queries + 2;
        const width = kvHeads * headDim;
        const spare = (values: Float64Array) => values.fill(500, (keys - 2) * width);
        // With scores of tens a softmax that does not subtract its maximum would fail.
        const q = subject.operand(
          [queries, heads * headDim],
          dtype,
          random.normals(queries * heads * headDim, dtype === 'f32' ? 20 : 1),
        );
        const k = subject.operand([keys, width], dtype, spare(random.normals(keys * width)));
        const v = subject.operand([keys, width], dtype, spare(random.normals(keys * width)));
        const shape = { heads, kvHeads, headDim, past };
        const expected = reference.causalAttention(q.values, k.values, v.values, queries, shape);
        const result = subject.backend.attention(q.tensor, k.tensor, v.tensor, shape);
        // The rounding of scores of this size in float32 adds to the error of the weights.
        const score = dtype === 'f32' ? 20 : 1;
        const magnitude = score * largest(v.values.subarray(0, (keys - 2) * width));
        await subject.expectClose(result, expected, { tolerance: ATTENTION, magnitude }, [
          queries,
          heads * headDim,
        ]);
      });
    },
  );

  it.each(PACKABLE)('gates %s', async (dtype) => {
    for (const count of [1, 7, 33, 129]) {
      const gate = subject.operand([3, count], dtype, new Random(count).normals(3 * count, 4));
      const up = subject.operand([3, count], 'bf16');
      const expected = gate.values.map((x, i) => (x / (1 + Math.exp(-x))) * (up.values[i] ?? NaN));
      const result = subject.backend.swiglu(gate.tensor, up.tensor);
      await subject.expectClose(result, expected, { tolerance: SWIGLU }, [3, count]);
    }
  });

  it('gates extreme numbers', async () => {
    const gate = subject.values([6], Float64Array.of(-1000, -100, -0, 0, 100, 1000)).tensor;
    const up = subject.values([6], new Float64Array(6).fill(2)).tensor;
    const expected = Float64Array.of(0, 0, 0, 0, 200, 2000);
    // Any result below 10⁻⁸ counts as 0, because exp(100) overflows float32.
    const magnitude = expected.map((x) => x + 1e-3);
    await subject.expectClose(subject.backend.swiglu(gate, up), expected, { tolerance: SWIGLU, magnitude });
  });

  it.each([1, 4, 7, 33, 129, 132, 14_336])('finds the loss over a vocabulary of %i', async (vocabulary) => {
    for (const dtype of PACKABLE) {
      for (const scale of [1, 5000]) {
        const rows = 7;
        const random = new Random(vocabulary);
        const logits = subject.operand([rows, vocabulary], dtype, random.normals(rows * vocabulary, scale));
        const targets = [0, vocabulary - 1, ...random.uniforms(rows - 2, 0, vocabulary)].map(Math.floor);
        const value = reference.entries(logits.values, vocabulary);
        const expected = Float64Array.from(
          targets,
          (target, t) => reference.logSumExp(vocabulary, (c) => value(t, c)) - value(t, target),
        );
        const result = subject.backend.crossEntropy(logits.tensor, subject.indices(targets));
        const magnitude = largest(logits.values) + Math.log(vocabulary);
        await subject.expectClose(result, expected, { tolerance: LOSS, magnitude }, [rows]);
      }
    }
  });

  it('finds the loss over the largest vocabulary', async () => {
    const vocabulary = 128_256;
    const logits = subject.operand([2, vocabulary], 'f32', new Random(2).normals(2 * vocabulary, 10));
    const value = reference.entries(logits.values, vocabulary);
    const targets = [1, vocabulary - 1];
    const expected = Float64Array.from(
      targets,
      (target, t) => reference.logSumExp(vocabulary, (c) => value(t, c)) - value(t, target),
    );
    const result = subject.backend.crossEntropy(logits.tensor, subject.indices(targets));
    const magnitude = largest(logits.values) + Math.log(vocabulary);
    await subject.expectClose(result, expected, { tolerance: LOSS, magnitude }, [2]);
  });

  it('gives a uniform distribution the logarithm of the vocabulary', async () => {
    const { backend } = subject;
    const logits = subject.values([2, 128], new Float64Array(256).fill(30_000)).tensor;
    const loss = await backend.read(backend.crossEntropy(logits, subject.indices([5, 127])));
    for (const value of loss) expect(Math.abs(value - Math.log(128))).toBeLessThan(0.005);
  });
}
