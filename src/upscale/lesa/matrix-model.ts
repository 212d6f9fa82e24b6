import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { createYielder } from '../../yielder';
import { randomSource } from '../../random';
import { SliceTable } from './dataset';
import { initialParameters, Predictor, predictionWork } from './predictor';
import { type ThinSvd, thinSvd } from './svd';
import { train, TRAINING } from './training';

/** One kind of matrix, of all layers. */
export interface LayerMatrices {
  /** `[rows, columns]` each, as PyTorch's `[out, in]`. */
  readonly layers: readonly Float32Array[];
  readonly rows: number;
  readonly columns: number;
}

interface FitOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (label: string, fraction: number) => void;
}

/** About a frame: how long to compute before messages are let through. */
const SLICE_MS = 16;

/** Multiply-adds of the SVD and of the training: forward, back to the inputs and to the weights. */
export function fitWork(layers: number, rows: number, columns: number): { svd: number; training: number } {
  const rank = Math.min(rows, layers * columns);
  const examples = Math.max(0, layers - 2) * rank;
  return {
    svd: 9 * rows ** 3 + 1.5 * rows * rows * columns * layers,
    training: 3 * TRAINING.epochs * examples * predictionWork(columns),
  };
}

/**
 * What LESA learns of one kind of matrix: W_l = (U·S)·V_l for every layer, and a network that predicts the V between two.
 * It is on the backend until `free`.
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
   * Decomposes the matrices of all layers and trains the network; undefined where all of them are zero. The same seed gives
   * the same network on one backend.
   * @throws UpscaleError when the decomposition or the training fails; AbortError.
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

  /** The matrix `[rows, columns]` predicted between two layers; the caller frees it. */
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
