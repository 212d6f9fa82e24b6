import type { ParameterName } from './predictor';

/** For tests: a reference implementation in float64 with plain loops and other algorithms. */

/** Rows of numbers. */
export type Rows = number[][];

export const toRows = (values: ArrayLike<number>, columns: number): Rows =>
  Array.from({ length: values.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => values[i * columns + j] ?? Number.NaN),
  );

export const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * (y[i] ?? Number.NaN), 0);

const cell = (matrix: Rows, i: number, j: number): number => matrix[i]?.[j] ?? Number.NaN;

/** [W_0 | W_1 | …] of matrices `[rows, columns]`. */
export function sideBySide(layers: readonly Float32Array[], columns: number): Rows {
  const blocks = layers.map((layer) => toRows(layer, columns));
  return (blocks[0] ?? []).map((_, i) => blocks.flatMap((block) => block[i] ?? []));
}

/**
 * Computes C = U·diag(s)·Vᵀ by one-sided Jacobi rotations of the rows of C (Hestenes 1958), s descending, zeros included.
 * The largest entry of each column of U is positive.
 */
export function jacobiSvd(c: Rows): { u: Rows; s: number[]; v: Rows } {
  const n = c.length;
  const rows = c.map((row) => [...row]);
  /** Accumulated rotations: Uᵀ. */
  const turns = rows.map((_, i) => rows.map((_, j) => (i === j ? 1 : 0)));
  const rotate = (pair: Rows, i: number, j: number, cosine: number, sine: number): void => {
    const [x, y] = [pair[i] ?? [], pair[j] ?? []];
    pair[i] = x.map((value, k) => cosine * value - sine * (y[k] ?? Number.NaN));
    pair[j] = x.map((value, k) => sine * value + cosine * (y[k] ?? Number.NaN));
  };
  for (let sweep = 0; sweep < 60; sweep++) {
    let worst = 0;
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const [x, y] = [rows[i] ?? [], rows[j] ?? []];
        const [a, b, p] = [dot(x, x), dot(y, y), dot(x, y)];
        if (Math.abs(p) <= 1e-300) continue;
        worst = Math.max(worst, Math.abs(p) / Math.sqrt(a * b));
        const zeta = (b - a) / (2 * p);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        rotate(rows, i, j, cosine, cosine * tangent);
        rotate(turns, i, j, cosine, cosine * tangent);
      }
    }
    if (worst < 1e-14) break;
  }
  const norms = rows.map((row) => Math.sqrt(dot(row, row)));
  const order = norms.map((_, i) => i).toSorted((i, j) => (norms[j] ?? 0) - (norms[i] ?? 0));
  const signs = turns.map((turn) =>
    turn.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0) < 0 ? -1 : 1,
  );
  return {
    u: turns.map((_, row) => order.map((i) => (signs[i] ?? 1) * cell(turns, i, row))),
    s: order.map((i) => norms[i] ?? Number.NaN),
    v: order.map((i) => (rows[i] ?? []).map((x) => ((signs[i] ?? 1) * x) / (norms[i] ?? Number.NaN))),
  };
}

/** One weight or bias with its gradient and AdamW's moments. */
interface Slot {
  value: number;
  gradient: number;
  m: number;
  v: number;
}
type Layer = { weight: Slot[][]; bias: Slot[] };

export interface Example {
  /** `[previous | next]`. */
  readonly input: readonly number[];
  readonly target: readonly number[];
}

/** Lists the examples of slices V_0 … V_{L−1}, each `[rank, width]`, layer by layer. */
export function examplesOf(slices: readonly Rows[]): Example[] {
  return slices.slice(2).flatMap((next, l) =>
    next.map((row, i) => ({
      input: [...(slices[l]?.[i] ?? []), ...row],
      target: slices[l + 1]?.[i] ?? [],
    })),
  );
}

/** LESA's network, loss, gradients and optimiser, computed number by number. */
export class ReferenceNetwork {
  readonly layers: readonly [Layer, Layer, Layer];
  #steps = 0;

  constructor(width: number, values: Readonly<Record<ParameterName, ArrayLike<number>>>) {
    const slot = (value: number): Slot => ({ value, gradient: 0, m: 0, v: 0 });
    const hidden = values.firstBias.length;
    const previous = toRows(values.firstPrevious, width);
    const next = toRows(values.firstNext, width);
    const layer = (weight: Rows, bias: ArrayLike<number>): Layer => ({
      weight: weight.map((row) => row.map(slot)),
      bias: Array.from(bias, slot),
    });
    this.layers = [
      layer(
        previous.map((row, i) => row.concat(next[i] ?? [])),
        values.firstBias,
      ),
      layer(toRows(values.second, hidden), values.secondBias),
      layer(toRows(values.third, hidden), values.thirdBias),
    ];
  }

  /** Returns the input and the output of every layer; all but the last pass a ReLU. */
  forward(input: readonly number[]): number[][] {
    const [x, y, z] = this.layers;
    const first = linear(x, input).map((value) => Math.max(value, 0));
    const second = linear(y, first).map((value) => Math.max(value, 0));
    return [[...input], first, second, linear(z, second)];
  }

  loss(batch: readonly Example[], lambda: number): number {
    const predictions = batch.map(({ input }) => this.forward(input).at(-1) ?? []);
    const targets = batch.map(({ target }) => target);
    const errors = predictions.flatMap((row, i) => row.map((p, j) => p - (targets[i]?.[j] ?? Number.NaN)));
    const norm = (rows: readonly (readonly number[])[]) =>
      Math.sqrt(rows.reduce((sum, row) => sum + dot(row, row), 0));
    return (
      (1 - lambda) * (dot(errors, errors) / errors.length) + lambda * (norm(predictions) - norm(targets)) ** 2
    );
  }

  /** One AdamW step on a batch, with PyTorch's defaults except the rate. Returns the loss before the step. */
  step(batch: readonly Example[], lambda: number, rate: number): number {
    const loss = this.loss(batch, lambda);
    this.#accumulate(batch, lambda);
    this.#steps++;
    const [beta1, beta2, eps, decay] = [0.9, 0.999, 1e-8, 0.01];
    for (const { weight, bias } of this.layers) {
      for (const slot of [...weight.flat(), ...bias]) {
        const g = slot.gradient;
        slot.m = beta1 * slot.m + (1 - beta1) * g;
        slot.v = beta2 * slot.v + (1 - beta2) * g * g;
        const m = slot.m / (1 - beta1 ** this.#steps);
        const v = slot.v / (1 - beta2 ** this.#steps);
        slot.value = slot.value - rate * decay * slot.value - (rate * m) / (Math.sqrt(v) + eps);
      }
    }
    return loss;
  }

  #accumulate(batch: readonly Example[], lambda: number): void {
    for (const { weight, bias } of this.layers)
      for (const slot of [...weight.flat(), ...bias]) slot.gradient = 0;
    const passes = batch.map(({ input }) => this.forward(input));
    const outputs = passes.map((pass) => pass.at(-1) ?? []);
    const size = Math.sqrt(outputs.reduce((sum, row) => sum + dot(row, row), 0));
    const wanted = Math.sqrt(batch.reduce((sum, { target }) => sum + dot(target, target), 0));
    const count = batch.reduce((sum, { target }) => sum + target.length, 0);
    for (const [e, { target }] of batch.entries()) {
      const pass = passes[e] ?? [];
      let slope = (outputs[e] ?? []).map(
        (p, j) =>
          ((1 - lambda) * 2 * (p - (target[j] ?? Number.NaN))) / count +
          (lambda * 2 * (size - wanted) * p) / size,
      );
      for (const depth of [2, 1, 0] as const) {
        const { weight, bias } = this.layers[depth];
        const input = pass[depth] ?? [];
        const back = input.map(() => 0);
        for (const [o, s] of slope.entries()) {
          const slot = bias[o];
          if (slot) slot.gradient += s;
          weight[o]?.forEach((w, i) => {
            w.gradient += s * (input[i] ?? Number.NaN);
            back[i] = (back[i] ?? 0) + s * w.value;
          });
        }
        slope = back.map((value, i) => ((input[i] ?? 0) > 0 ? value : 0));
      }
    }
  }

  /** Slots by the predictor's parameter names, in the order of its entries. */
  slots(width: number): Readonly<Record<ParameterName, Slot[]>> {
    const [x, y, z] = this.layers;
    return {
      firstPrevious: x.weight.flatMap((row) => row.slice(0, width)),
      firstNext: x.weight.flatMap((row) => row.slice(width)),
      firstBias: x.bias,
      second: y.weight.flat(),
      secondBias: y.bias,
      third: z.weight.flat(),
      thirdBias: z.bias,
    };
  }
}

const linear = ({ weight, bias }: Layer, input: readonly number[]): number[] =>
  weight.map((row, o) =>
    row.reduce((sum, { value }, i) => sum + value * (input[i] ?? Number.NaN), bias[o]?.value ?? 0),
  );
