import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { createYielder } from '../../yielder';
import { randomSource } from '../../random';
import { SliceTable } from './dataset';
import { initialParameters, Predictor, predictionWork } from './predictor';
import { type ThinSvd, thinSvd } from './svd';
import { train, TRAINING } from './training';

/** One kind of matrix in all layers. */
export interface LayerMatrices {
  /** Each `[rows, columns]`, PyTorch's `[out, in]`. */
  readonly layers: readonly Float32Array[];
  readonly rows: number;
  readonly columns: number;
}

interface FitOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (label: string, fraction: number) => void;
}

/** Computing time between two yields to the event loop: about one frame. */
const SLICE_MS = 16;

/** Multiply-adds of the SVD and of the training (forward, gradients of inputs and of weights). */
export function fitWork(layers: number, rows: number, columns: number): { svd: number; training: number } {
  const rank = Math.min(rows, layers * columns);
  const examples = Math.max(0, layers - 2) * rank;
  return {
    svd: 9 * rows ** 3 + 1.5 * rows * rows * columns * layers,
    training: 3 * TRAINING.epochs * examples * predictionWork(columns),
  };
}

/**
 * LESA's model of one kind of matrix: W_l = (U·S)·V_l for every layer, and a network that predicts V between two layers.
 * Its tensors are on the backend until `free`.
 */
export class MatrixModel {
  readonly #backend: Backend;
  /** U·diag(s), `[rows, rank]`. */
  readonly #basis: Tensor;
  readonly #table: SliceTable;
  readonly #predictor: Predictor;

  private constructor(backend: Backend, basis: Tensor, table: SliceTable, predictor: Predictor) {
    this.#backend = backend;
    this.#basis = basis;
    this.#table = table;
    this.#predictor = predictor;
  }

  /**
   * Decomposes the matrices of all layers and trains the network. The same seed gives the same network on one backend.
   * @returns undefined if all matrices are zero.
   * @throws UpscaleError if the decomposition or the training fails; AbortError.
   */
  static async fit(
    backend: Backend,
    { layers, rows, columns }: LayerMatrices,
    { seed, signal, onProgress }: FitOptions,
  ): Promise<MatrixModel | undefined> {
    onProgress?.('SVD', 0);
    const svd = await thinSvd(layers, rows, columns, createYielder(SLICE_MS, signal));
    if (svd.rank === 0) return undefined;
    const work = fitWork(layers.length, rows, columns);
    const decomposed = work.svd / (work.svd + work.training);
    const random = randomSource(seed);
    const table = new SliceTable(backend, svd, columns);
    let predictor: Predictor | undefined;
    try {
      predictor = new Predictor(backend, columns, initialParameters(columns, random));
      await train(backend, predictor, table, random, {
        signal,
        onProgress: ({ epoch, loss, fraction }) => {
          const last = loss === undefined ? '' : `, loss ${loss.toPrecision(3)}`;
          onProgress?.(
            `epoch ${epoch} of ${TRAINING.epochs}${last}`,
            decomposed + (1 - decomposed) * fraction,
          );
        },
      });
      predictor.endTraining();
      return new MatrixModel(backend, uploadBasis(backend, svd, rows), table, predictor);
    } catch (error) {
      predictor?.free();
      table.free();
      throw error;
    }
  }

  /** Predicts the matrix `[rows, columns]` between two layers. The caller frees it. */
  between(previous: number, next: number): Tensor {
    const scope = new Scope(this.#backend);
    try {
      const before = scope.own(this.#table.slice(previous));
      const after = scope.own(this.#table.slice(next));
      return this.#backend.matmul(this.#basis, scope.own(this.#predictor.predict(before, after)));
    } finally {
      scope.free();
    }
  }

  free(): void {
    this.#predictor.free();
    this.#table.free();
    this.#backend.free(this.#basis);
  }
}

function uploadBasis(backend: Backend, { u, s, rank }: ThinSvd, rows: number): Tensor {
  const values = Float32Array.from(u, (entry, at) => entry * (s[at % rank] ?? 0));
  return backend.upload(values, [rows, rank], 'f32', 'scaled singular vectors');
}
