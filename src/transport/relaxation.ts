import type { Backend, Potentials, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';

/** The parts of unbalanced Sinkhorn that the balanced one lacks: damping, translation, and the change of f as stop criterion. */
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
    this.#scope = new Scope(backend, 'plans');
    const ones = (size: number): Tensor =>
      this.#scope.own(backend.upload(new Float32Array(size).fill(1), [size], 'f32', 'ones'));
    try {
      this.#before = this.#scope.own(backend.zeros([rows], 'row potentials before'));
      this.#rowOnes = ones(rows);
      this.#columnOnes = ones(columns);
    } catch (error) {
      this.#scope.free();
      throw error;
    }
  }

  /** Returns the factor of both updates, ρ/(ρ+ε) (method.md 9.6). */
  damping(epsilon: number): number {
    return this.#rho / (this.#rho + epsilon);
  }

  /** Copies f, for `change` to compare with. */
  saveRowPotentials({ f }: Potentials): void {
    this.#backend.copyRows(f, this.#before, 0);
  }

  /** Returns max |f − saved f| in units of ε: the relative change of the plan's rows. */
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
   * Adds λ to f and subtracts it from g. This does not change the plan and maximises the dual over λ:
   * λ = ρ/2 · log(Σ a·e^(−f/ρ) / Σ b·e^(−g/ρ)) (Séjourné, Vialard & Peyré 2022). Without it, updates reduce this error only by
   * the factor ρ²/(ρ+ε)² per iteration, which is very slow for large ρ.
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
    // `change` reports values that are not finite, with a better message.
    if (!Number.isFinite(value)) return;
    const sum = this.#backend.weightedSum(x, 1, ones, value);
    this.#backend.copyRows(sum, x, 0);
    this.#backend.free(sum);
  }
}

/** Returns log of the mean of e^(scale·x). */
function logMean(values: Float32Array, scale: number): number {
  const most = values.reduce((largest, value) => Math.max(largest, scale * value), -Infinity);
  return (
    most + Math.log(values.reduce((sum, value) => sum + Math.exp(scale * value - most), 0) / values.length)
  );
}
