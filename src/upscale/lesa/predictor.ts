import { elements } from '../../backend/shape';
import type { AdamWOptions, AdamWParameter, Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { Batch } from './dataset';

/** Neurons in each hidden layer. */
export const HIDDEN = 256;

/**
 * Parameters of the network 2·width → 256 → 256 → width. The first layer's weight is stored as two matrices, for the
 * previous and the next layer's slice: [firstPrevious | firstNext].
 */
export const PARAMETERS = [
  'firstPrevious',
  'firstNext',
  'firstBias',
  'second',
  'secondBias',
  'third',
  'thirdBias',
] as const;
export type ParameterName = (typeof PARAMETERS)[number];
type Named<T> = Readonly<Record<ParameterName, T>>;

/** Weights `[out, in]`, biases `[out]`, in the order of `PARAMETERS`. */
export const parameterShapes = (width: number): Named<readonly number[]> => ({
  firstPrevious: [HIDDEN, width],
  firstNext: [HIDDEN, width],
  firstBias: [HIDDEN],
  second: [HIDDEN, HIDDEN],
  secondBias: [HIDDEN],
  third: [width, HIDDEN],
  thirdBias: [width],
});

/** Multiply-adds of predicting one example (forward only). */
export const predictionWork = (width: number): number => HIDDEN * (3 * width + HIDDEN);

/**
 * Draws parameters as PyTorch initialises linear layers: weights (Kaiming uniform, a = √5) and biases uniform in ±1/√inputs.
 * @param random Uniform in [0, 1); drawn in the order of `PARAMETERS`.
 */
export function initialParameters(width: number, random: () => number): Named<Float32Array> {
  const inputs: Named<number> = {
    firstPrevious: 2 * width,
    firstNext: 2 * width,
    firstBias: 2 * width,
    second: HIDDEN,
    secondBias: HIDDEN,
    third: HIDDEN,
    thirdBias: HIDDEN,
  };
  const shapes = parameterShapes(width);
  return named((name) => {
    const bound = 1 / Math.sqrt(inputs[name]);
    return Float32Array.from({ length: elements(shapes[name]) }, () => bound * (2 * random() - 1));
  });
}

interface Activations {
  readonly first: Tensor;
  readonly second: Tensor;
  readonly output: Tensor;
}

/** LESA's prediction network, with gradients and the state of AdamW. */
export class Predictor {
  readonly #backend: Backend;
  readonly #parameters: Named<AdamWParameter>;
  readonly #values: Scope;
  readonly #training: Scope;
  readonly #ones = new Map<number, Tensor>();
  #steps = 0;

  constructor(backend: Backend, width: number, values: Named<Float32Array>) {
    this.#backend = backend;
    this.#values = new Scope(backend, 'weights');
    this.#training = new Scope(backend, 'optimizer');
    const shapes = parameterShapes(width);
    const zeros = (shape: readonly number[], label: string): Tensor =>
      this.#training.own(backend.zeros(shape, label));
    try {
      this.#parameters = named((name) => ({
        value: this.#values.own(backend.upload(values[name], shapes[name], 'f32', name)),
        gradient: zeros(shapes[name], `gradient of ${name}`),
        moments: zeros([2, ...shapes[name]], `moments of ${name}`),
      }));
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Predicts from slices or batches of the previous and the next layer. The result has their shape. */
  predict(previous: Tensor, next: Tensor): Tensor {
    const scope = new Scope(this.#backend);
    try {
      return scope.release(this.#forward(scope, previous, next).output);
    } finally {
      scope.free();
    }
  }

  /** Returns the loss `[1]` of a batch (see `Backend.normMatchedLoss`) and overwrites the gradients. */
  backpropagate({ previous, next, target }: Batch, lambda: number): Tensor {
    const backend = this.#backend;
    const scope = new Scope(backend);
    try {
      const { first, second, output } = this.#forward(scope, previous, next);
      const { second: secondWeight, third } = this.#parameters;
      const slope = scope.own(backend.zeros(output.shape, 'slope of the output'));
      const loss = scope.own(backend.normMatchedLoss(output, target, lambda, slope));
      this.#gradient('third', slope, second);
      this.#biasGradient('thirdBias', slope);
      const atSecond = this.#back(scope, slope, third.value, second);
      this.#gradient('second', atSecond, first);
      this.#biasGradient('secondBias', atSecond);
      const atFirst = this.#back(scope, atSecond, secondWeight.value, first);
      this.#gradient('firstPrevious', atFirst, previous);
      this.#gradient('firstNext', atFirst, next);
      this.#biasGradient('firstBias', atFirst);
      return scope.release(loss);
    } finally {
      scope.free();
    }
  }

  /** One step of AdamW along the gradients. */
  step(options: Omit<AdamWOptions, 'step'>): void {
    this.#steps++;
    const parameters = PARAMETERS.map((name) => this.#parameters[name]);
    this.#backend.adamW(parameters, { ...options, step: this.#steps });
  }

  /** Reads parameters or gradients to the host. */
  async read(what: 'value' | 'gradient'): Promise<Named<Float32Array>> {
    const read = PARAMETERS.map(
      async (name) => [name, await this.#backend.read(this.#parameters[name][what])] as const,
    );
    const values = new Map(await Promise.all(read));
    return named((name) => values.get(name) ?? new Float32Array());
  }

  /** Frees gradients and AdamW's state. The network can still predict. May be called twice. */
  endTraining(): void {
    this.#training.free();
    this.#ones.clear();
  }

  free(): void {
    this.#training.free();
    this.#values.free();
  }

  #forward(scope: Scope, previous: Tensor, next: Tensor): Activations {
    const backend = this.#backend;
    const { firstPrevious, firstNext, firstBias, second, secondBias, third, thirdBias } = this.#parameters;
    const linear = { orientation: 'nt' } as const;
    const before = scope.own(
      backend.matmul(previous, firstPrevious.value, { ...linear, bias: firstBias.value }),
    );
    backend.matmul(next, firstNext.value, { ...linear, into: before, accumulate: true });
    const first = scope.own(backend.relu(before));
    const middle = scope.own(backend.matmul(first, second.value, { ...linear, bias: secondBias.value }));
    const activation = scope.own(backend.relu(middle));
    const output = scope.own(backend.matmul(activation, third.value, { ...linear, bias: thirdBias.value }));
    return { first, second: activation, output };
  }

  /** Gradient of the ReLU's input, from the gradient of the output of the linear layer after it. */
  #back(scope: Scope, slope: Tensor, weight: Tensor, activation: Tensor): Tensor {
    const passed = scope.own(this.#backend.matmul(slope, weight));
    return scope.own(this.#backend.reluGradient(activation, passed));
  }

  #gradient(name: ParameterName, slope: Tensor, input: Tensor): void {
    this.#backend.matmul(slope, input, { orientation: 'tn', into: this.#parameters[name].gradient });
  }

  /** Sums `slope` over the examples, as a product with a row of ones. */
  #biasGradient(name: ParameterName, slope: Tensor): void {
    const rows = slope.shape[0] ?? 1;
    let ones = this.#ones.get(rows);
    if (!ones) {
      ones = this.#training.own(
        this.#backend.upload(new Float32Array(rows).fill(1), [1, rows], 'f32', 'ones'),
      );
      this.#ones.set(rows, ones);
    }
    this.#backend.matmul(ones, slope, { into: this.#parameters[name].gradient });
  }
}

function named<T>(of: (name: ParameterName) => T): Named<T> {
  return Object.fromEntries(PARAMETERS.map((name) => [name, of(name)])) as Record<ParameterName, T>;
}
