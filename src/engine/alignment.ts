import type { Backend, Tensor } from '../backend/operations';
import { type Assignment, assign } from '../transport/assignment';
import type { CostMatrix } from '../transport/cost';
import type { IterativeSolver } from '../transport/iterative';
import { uploadPotentials } from '../transport/potentials';
import type { Solver } from '../transport/solve';
import type { Snapshot } from './history';
import { History } from './history';
import type { AlignRequest, AlignResult } from './jobs';

/** What is compared with what. The matrices stay valid until `free`. */
export interface AlignmentInputs {
  readonly request: AlignRequest;
  /** Undefined where the method has no plan. */
  readonly solver: Solver | undefined;
  /** Rows of block 1 after the input map, `[n, k]`. */
  readonly a: Tensor;
  /** Rows of block 2, `[m, k]`. */
  readonly b: Tensor;
  free(): void;
}

/** Row and column sums of a plan, n·Σ_j T_ij and n·Σ_i T_ij. */
export interface Masses {
  readonly halfStep: number;
  readonly rows: Float32Array;
  readonly columns: Float32Array;
}

/** One transport problem on the device, solved or forming, and the course of its solution. */
export class Alignment {
  readonly key: string;
  readonly backend: Backend;
  readonly inputs: AlignmentInputs;
  readonly cost: CostMatrix;
  readonly history = new History();
  result: AlignResult | undefined;
  /** The sums last asked for; zooming in one picture asks for the same again and again. */
  masses: Masses | undefined;
  /** What the plan is being formed from, where that is not the cost itself. */
  forming: CostMatrix | undefined;
  #kept: IterativeSolver | undefined;
  #exact: Assignment | undefined;
  #pins = 0;
  #dropped = false;

  constructor(key: string, backend: Backend, inputs: AlignmentInputs, cost: CostMatrix) {
    this.key = key;
    this.backend = backend;
    this.inputs = inputs;
    this.cost = cost;
  }

  get rows(): number {
    return this.cost.rows;
  }

  get columns(): number {
    return this.cost.columns;
  }

  /** `none` for a method without plans. */
  get plan(): AlignResult['plan'] {
    const { solver } = this.inputs;
    if (!solver) return 'none';
    return solver.kind === 'exact' ? 'permutation' : 'entropic';
  }

  /** The cost that the plan's potentials belong to. */
  get planCost(): CostMatrix {
    return this.#kept?.cost ?? this.forming ?? this.cost;
  }

  /** Takes over a solver whose own cost its plan is formed from. */
  keep(solver: IterativeSolver): void {
    this.#kept = solver;
    if (this.#dropped && this.#pins === 0) this.#free();
  }

  /** Bytes held on the device. Rows that are a base block's own count too: they cannot be evicted meanwhile. */
  get bytes(): number {
    const formed = this.planCost === this.cost ? 0 : this.planCost.bytes;
    return this.cost.bytes + formed + this.inputs.a.bytes + this.inputs.b.bytes;
  }

  /** The exact assignment, where it has been computed. */
  get exact(): Assignment | undefined {
    return this.#exact;
  }

  /** Computes the exact assignment, or returns the one computed before. */
  async solveExactly(
    signal: AbortSignal | undefined,
    onProgress?: (fraction: number) => void,
  ): Promise<Assignment> {
    this.#exact ??= await assign(await this.cost.readAll(signal), this.rows, this.columns, {
      signal,
      onProgress,
    });
    return this.#exact;
  }

  /** Uploads a snapshot's potentials for the time of `use`. */
  async withPotentials<T>(
    snapshot: Snapshot,
    use: (potentials: ReturnType<typeof uploadPotentials>) => Promise<T>,
  ): Promise<T> {
    const potentials = uploadPotentials(this.backend, snapshot);
    try {
      return await use(potentials);
    } finally {
      this.backend.free(potentials.f, potentials.g);
    }
  }

  /** Keeps the tensors until `use` has ended, whatever is dropped meanwhile. */
  async pinned<T>(use: () => Promise<T>): Promise<T> {
    this.#pins++;
    try {
      return await use();
    } finally {
      this.#pins--;
      if (this.#dropped && this.#pins === 0) this.#free();
    }
  }

  /** Frees the tensors, at once or after the last use in progress. */
  drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    if (this.#pins === 0) this.#free();
  }

  #free(): void {
    this.#kept?.free();
    this.#kept = undefined;
    this.cost.free();
    this.inputs.free();
  }
}
