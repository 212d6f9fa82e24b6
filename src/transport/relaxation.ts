import type { Backend, Potentials, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';

/** What unbalanced transport adds to Sinkhorn's iteration: damped updates, a best translation, and when it has ended. */
export class Relaxation {
  readonly #backend: Backend;
  readonly #rho: number;
  readonly #scope: Scope;
  readonly #before: Tensor;
  readonly #rowOnes: Tensor;
  readonly #columnOnes: Tensor;

  constructor(backend: Backend, rho: number, rows: number, columns: number) {
    this.#backend = backend;
    this.#rho = rho;
    this.#scope = new Scope(backend);
    const ones = (size: number): Tensor =>
      this.#scope.own(backend.upload(new Float32Array(size).fill(1), [size], 'f32', 'ones'));
    this.#before = this.#scope.own(backend.zeros([rows], 'row potentials before'));
    this.#rowOnes = ones(rows);
    this.#columnOnes = ones(columns);
  }

  /** What both updates are multiplied by, ρ/(ρ+ε) (method.md 9.6). */
  damping(epsilon: number): number {
    return this.#rho / (this.#rho + epsilon);
  }

  /** Notes f, for `change` to compare with. */
  note({ f }: Potentials): void {
    this.#backend.copyRows(f, this.#before, 0);
  }

  /** max |f − f noted| in units of ε: by how much a row of the plan has changed, relatively. */
  async change({ f, epsilon }: Potentials): Promise<number> {
    const difference = this.#backend.maxAbsDifference(f, this.#before);
    try {
      const [value = Number.NaN] = await this.#backend.read(difference);
      return value / epsilon;
    } finally {
      this.#backend.free(difference);
    }
  }

  /**
   * Adds λ to f and takes it from g. That leaves the plan as it is and maximises the dual over λ:
   * λ = ρ/2 · log(Σ a·e^(−f/ρ) / Σ b·e^(−g/ρ)) (Séjourné, Vialard & Peyré 2022). The updates alone get there by a factor of
   * ρ²/(ρ+ε)² an iteration only, which is next to nothing where ρ is large.
   */
  async translate({ f, g }: Potentials): Promise<void> {
    const [rows, columns] = await Promise.all([this.#backend.read(f), this.#backend.read(g)]);
    const lambda = (this.#rho / 2) * (logMean(rows, -1 / this.#rho) - logMean(columns, -1 / this.#rho));
    this.#add(f, this.#rowOnes, lambda);
    this.#add(g, this.#columnOnes, -lambda);
  }

  free(): void {
    this.#scope.free();
  }

  #add(x: Tensor, ones: Tensor, value: number): void {
    // What is not finite is found by `change`, with a better message.
    if (!Number.isFinite(value)) return;
    const sum = this.#backend.weightedSum(x, 1, ones, value);
    this.#backend.copyRows(sum, x, 0);
    this.#backend.free(sum);
  }
}

/** log of the mean of e^(scale·x). */
function logMean(values: Float32Array, scale: number): number {
  const most = values.reduce((largest, value) => Math.max(largest, scale * value), -Infinity);
  return (
    most + Math.log(values.reduce((sum, value) => sum + Math.exp(scale * value - most), 0) / values.length)
  );
}
