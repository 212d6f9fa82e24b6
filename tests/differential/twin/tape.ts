import { type Matrix, product, zeros } from './matrix';
import type { Rounding } from './rounding';

/** A matrix with the derivative of the loss by it. */
export interface Variable extends Matrix {
  readonly slope: Float64Array;
}

export interface AttentionSettings {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly scale: number;
  /** Number of tokens that a token sees, itself among them. */
  readonly window: number | null;
  readonly cap: number | null;
}

/** Angles of a rotary embedding: radians of a pair of dimensions at a position, and the factor of cosine and sine. */
export interface Rotation {
  angle(position: number, pair: number): number;
  readonly factor: number;
}

/** Reverse-mode differentiation of the few functions that a language model is made of, in float64. */
export class Tape {
  readonly #rounding: Rounding;
  readonly #back: (() => void)[] = [];

  constructor(rounding: Rounding) {
    this.#rounding = rounding;
  }

  variable({ rows, columns, values }: Matrix): Variable {
    return { rows, columns, values, slope: new Float64Array(values.length) };
  }

  /** Goes back from the last value to the first. */
  backward(): void {
    for (const step of this.#back.toReversed()) step();
  }

  /** x·Wᵀ + b. */
  linear(x: Variable, weight: Variable, bias?: Variable): Variable {
    const rounding = this.#rounding;
    const y = this.variable(product(x, weight, rounding, { right: true }));
    if (bias)
      for (let i = 0; i < y.values.length; i++) {
        const [sum, added] = [y.values[i] as number, bias.values[i % y.columns] as number];
        y.values[i] = rounding.near(sum + added, 1, Math.abs(sum) + Math.abs(added));
      }
    this.#back.push(() => {
      const slope: Matrix = { ...y, values: y.slope };
      add(x.slope, product(slope, weight, rounding).values);
      add(weight.slope, product(slope, x, rounding, { left: true }).values);
      if (!bias) return;
      const ones: Matrix = { rows: 1, columns: y.rows, values: new Float64Array(y.rows).fill(1) };
      add(bias.slope, product(ones, slope, rounding).values);
    });
    return y;
  }

  /** x + factor·y. */
  sum(x: Variable, y: Variable, factor = 1): Variable {
    const rounding = this.#rounding;
    const made = this.variable({
      ...x,
      values: x.values.map((value, i) => {
        const other = factor * (y.values[i] as number);
        return rounding.near(value + other, 2, Math.abs(value) + Math.abs(other));
      }),
    });
    this.#back.push(() => {
      add(x.slope, made.slope);
      add(
        y.slope,
        made.slope.map((slope) => rounding.near(factor * slope, 1)),
      );
    });
    return made;
  }

  /** Applies a function to every entry. */
  map(x: Variable, of: (value: number) => Point, terms: number): Variable {
    const rounding = this.#rounding;
    const points = Array.from(x.values, of);
    const made = this.variable({
      ...x,
      values: Float64Array.from(points, ({ value, size }) => rounding.near(value, terms, size)),
    });
    const slopes = points.map(({ slope, slopeSize }) => rounding.near(slope, terms, slopeSize));
    this.#back.push(() =>
      add(
        x.slope,
        made.slope.map((slope, i) => slope * (slopes[i] as number)),
      ),
    );
    return made;
  }

  /** c·tanh(x/c). */
  softCap(x: Variable, cap: number): Variable {
    return this.map(
      x,
      (value) => {
        const tanh = Math.tanh(value / cap);
        return { value: cap * tanh, size: Math.abs(cap * tanh), slope: 1 - tanh ** 2, slopeSize: 1 };
      },
      16,
    );
  }

  /** act(gate)·up. */
  gated(gate: Variable, up: Variable, kind: 'silu' | 'gelu'): Variable {
    const rounding = this.#rounding;
    const active = this.map(gate, kind === 'silu' ? silu : geluTanh, 24);
    const made = this.variable({
      ...gate,
      values: active.values.map((value, i) => rounding.near(value * (up.values[i] as number), 1)),
    });
    this.#back.push(() => {
      made.slope.forEach((slope, i) => {
        active.slope[i]! += slope * (up.values[i] as number);
        up.slope[i]! += rounding.near(slope * (active.values[i] as number), 2);
      });
    });
    return made;
  }

  /** RMSNorm of consecutive groups of as many entries as there are gains: x / √(mean x² + ε) · (gain + offset). */
  norm(x: Variable, gain: Variable, epsilon: number, offset: number): Variable {
    const rounding = this.#rounding;
    const width = gain.values.length;
    const made = this.variable(zeros(x.rows, x.columns));
    const groups = x.values.length / width;
    const inverse = Float64Array.from({ length: groups }, (_, g) => {
      let squares = 0;
      for (let i = g * width; i < (g + 1) * width; i++) squares += (x.values[i] as number) ** 2;
      return rounding.near(1 / Math.sqrt(squares / width + epsilon), width + 6);
    });
    const acting = gain.values.map((value) => rounding.near(value + offset, 1));
    for (let i = 0; i < x.values.length; i++)
      made.values[i] = rounding.near(
        (x.values[i] as number) * (inverse[Math.floor(i / width)] as number) * (acting[i % width] as number),
        3,
      );
    this.#back.push(() => {
      for (let g = 0; g < groups; g++) {
        const inv = inverse[g] as number;
        let [inner, size] = [0, 0];
        for (let i = g * width; i < (g + 1) * width; i++) {
          const term = (x.values[i] as number) * (acting[i % width] as number) * (made.slope[i] as number);
          inner += term;
          size += Math.abs(term);
        }
        for (let i = g * width; i < (g + 1) * width; i++) {
          const [value, slope] = [x.values[i] as number, made.slope[i] as number];
          const direct = inv * (acting[i % width] as number) * slope;
          const through = (inv ** 3 * value) / width;
          x.slope[i]! += rounding.near(
            direct - through * inner,
            width + 16,
            Math.abs(direct) + Math.abs(through) * size,
          );
          gain.slope[i % width]! += rounding.near(slope * value * inv, groups + 4);
        }
      }
    });
    return made;
  }

  /** Turns dimensions j and j + h/2 of every head together, as `rotate_half` of transformers does. */
  rotary(x: Variable, headDim: number, { angle, factor }: Rotation): Variable {
    const rounding = this.#rounding;
    const half = headDim / 2;
    const made = this.variable(zeros(x.rows, x.columns));
    const turn = (from: Float64Array, to: Float64Array, way: 1 | -1): void => {
      for (let t = 0; t < x.rows; t++)
        for (let c = 0; c < x.columns; c++) {
          const pair = c % half;
          const first = c % headDim < half;
          const radians = angle(t, pair);
          const [cosine, sine] = [factor * Math.cos(radians), way * factor * Math.sin(radians)];
          const own = (from[t * x.columns + c] as number) * cosine;
          const other = (from[t * x.columns + c + (first ? half : -half)] as number) * sine;
          // Cosines and sines are stored as float32.
          to[t * x.columns + c]! += rounding.near(
            first ? own - other : own + other,
            4,
            Math.abs(own) + Math.abs(other),
          );
        }
    };
    turn(x.values, made.values, 1);
    this.#back.push(() => turn(made.slope, x.slope, -1));
    return made;
  }

  /** Causal attention of one sequence. */
  attention(q: Variable, k: Variable, v: Variable, settings: AttentionSettings): Variable {
    const rounding = this.#rounding;
    const { heads, kvHeads, headDim, scale, window, cap } = settings;
    const made = this.variable(zeros(q.rows, heads * headDim));
    const steps: (() => void)[] = [];
    for (let head = 0; head < heads; head++) {
      const own = head * headDim;
      const shared = Math.floor(head / (heads / kvHeads)) * headDim;
      for (let t = 0; t < q.rows; t++) {
        const first = window === null ? 0 : Math.max(0, t - window + 1);
        const count = t + 1 - first;
        const scores = new Float64Array(count);
        const capSlopes = new Float64Array(count).fill(1);
        for (let s = 0; s < count; s++) {
          let [sum, size] = [0, 0];
          for (let j = 0; j < headDim; j++) {
            const term =
              (q.values[t * q.columns + own + j] as number) *
              (k.values[(first + s) * k.columns + shared + j] as number) *
              scale;
            sum += term;
            size += Math.abs(term);
          }
          const score = rounding.near(sum, headDim + 4, size);
          if (cap === null) scores[s] = score;
          else {
            const tanh = Math.tanh(score / cap);
            scores[s] = rounding.near(cap * tanh, 12);
            capSlopes[s] = rounding.near(1 - tanh ** 2, 8, 1);
          }
        }
        const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
        const weights = scores.map((score) => rounding.near(Math.exp(score - most), 12 + 6 * (most - score)));
        const total = rounding.near(
          weights.reduce((a, b) => a + b, 0),
          count,
        );
        for (let s = 0; s < count; s++) weights[s] = (weights[s] as number) / total;
        for (let j = 0; j < headDim; j++) {
          let [sum, size] = [0, 0];
          for (let s = 0; s < count; s++) {
            const term = (weights[s] as number) * (v.values[(first + s) * v.columns + shared + j] as number);
            sum += term;
            size += Math.abs(term);
          }
          made.values[t * made.columns + own + j] = rounding.near(sum, count + 4, size);
        }
        steps.push(() => {
          const slopes = weights.map((_, s) => {
            let [sum, size] = [0, 0];
            for (let j = 0; j < headDim; j++) {
              const term =
                (made.slope[t * made.columns + own + j] as number) *
                (v.values[(first + s) * v.columns + shared + j] as number);
              sum += term;
              size += Math.abs(term);
            }
            return rounding.near(sum, headDim + 2, size);
          });
          let [inner, size] = [0, 0];
          for (let s = 0; s < count; s++) {
            inner += (weights[s] as number) * (slopes[s] as number);
            size += (weights[s] as number) * Math.abs(slopes[s] as number);
          }
          for (let s = 0; s < count; s++) {
            const [weight, slope] = [weights[s] as number, slopes[s] as number];
            const back =
              rounding.near(weight * (slope - inner), count + 8, weight * (Math.abs(slope) + size)) *
              (capSlopes[s] as number) *
              scale;
            for (let j = 0; j < headDim; j++) {
              const [row, column] = [t * q.columns + own + j, (first + s) * k.columns + shared + j];
              const terms = made.rows * (heads / kvHeads) + 4;
              q.slope[row]! += rounding.near(back * (k.values[column] as number), count + 4);
              k.slope[column]! += rounding.near(back * (q.values[row] as number), terms);
              v.slope[column]! += rounding.near(
                weight * (made.slope[t * made.columns + own + j] as number),
                terms,
              );
            }
          }
        });
      }
    }
    this.#back.push(() => {
      for (const step of steps) step();
    });
    return made;
  }

  /** Rows of the embedding, times a factor. */
  embedding(table: Variable, ids: ArrayLike<number>, factor: number): Variable {
    const d = table.columns;
    const made = this.variable(zeros(ids.length, d));
    for (let t = 0; t < ids.length; t++)
      for (let c = 0; c < d; c++)
        made.values[t * d + c] = this.#rounding.near(
          factor * (table.values[(ids[t] as number) * d + c] as number),
          1,
        );
    this.#back.push(() => {
      for (let t = 0; t < ids.length; t++)
        for (let c = 0; c < d; c++)
          table.slope[(ids[t] as number) * d + c]! += this.#rounding.near(
            factor * (made.slope[t * d + c] as number),
            ids.length + 1,
          );
    });
    return made;
  }

  /** Returns −log p(target) of every row; `backward` starts from Σ weights·these. */
  negativeLogLikelihoods(
    logits: Variable,
    targets: ArrayLike<number>,
    weights: ArrayLike<number>,
  ): Float64Array {
    const rounding = this.#rounding;
    const { rows, columns } = logits;
    const nll = new Float64Array(rows);
    const probabilities = new Float64Array(rows * columns);
    for (let t = 0; t < rows; t++) {
      const row = logits.values.subarray(t * columns, (t + 1) * columns);
      const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
      let total = 0;
      for (let c = 0; c < columns; c++) {
        const logit = row[c] as number;
        const power = rounding.near(Math.exp(logit - most), 12 + 6 * (most - logit));
        probabilities[t * columns + c] = power;
        total += power;
      }
      total = rounding.near(total, columns);
      for (let c = 0; c < columns; c++)
        probabilities[t * columns + c] = (probabilities[t * columns + c] as number) / total;
      const target = row[targets[t] as number] as number;
      nll[t] = rounding.near(
        most + Math.log(total) - target,
        6,
        Math.abs(most) + Math.log(total) + Math.abs(target),
      );
    }
    this.#back.push(() => {
      for (let t = 0; t < rows; t++)
        for (let c = 0; c < columns; c++) {
          const p = probabilities[t * columns + c] as number;
          const weight = weights[t] as number;
          const slope = weight * (p - (c === targets[t] ? 1 : 0));
          logits.slope[t * columns + c]! += rounding.near(slope, 4, weight * (c === targets[t] ? 1 : p));
        }
    });
    return nll;
  }
}

function add(to: Float64Array, more: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += more[i] as number;
}

/** A function's value and slope at a point, and the sizes of the largest numbers that these are differences of. */
interface Point {
  readonly value: number;
  readonly size: number;
  readonly slope: number;
  readonly slopeSize: number;
}

function silu(x: number): Point {
  const sigmoid = 1 / (1 + Math.exp(-x));
  const value = x * sigmoid;
  return {
    value,
    size: Math.abs(value),
    slope: sigmoid * (1 + x * (1 - sigmoid)),
    slopeSize: sigmoid * (1 + Math.abs(x)),
  };
}

/** `gelu_pytorch_tanh`: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
function geluTanh(x: number): Point {
  const factor = Math.sqrt(2 / Math.PI);
  const tanh = Math.tanh(factor * (x + 0.044715 * x ** 3));
  const inner = factor * (1 + 3 * 0.044715 * x ** 2);
  return {
    value: (x / 2) * (1 + tanh),
    size: Math.abs(x),
    slope: (1 + tanh) / 2 + (x / 2) * (1 - tanh ** 2) * inner,
    slopeSize: 1 + Math.abs(x) * inner,
  };
}
