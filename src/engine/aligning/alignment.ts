// Alignments, that is transport problems of one tensor in one gap: building, solving by half-steps, caching, looking up. Other
// jobs cache what they derive from an alignment in an `AlignmentCache`. Of the engine this room imports models (for
// activations) and the rooms that models imports; it draws no pictures and reads no plan entries.

import type { Backend, Tensor } from '../../backend/operations';
import type { Against } from '../../recipe/against';
import type { Recipe } from '../../recipe/schema';
import { type Assignment, assign } from '../../transport/assignment';
import type { CostMatrix } from '../../transport/cost';
import type { IterativeSolver } from '../../transport/iterative-solver';
import {
  type IterativeSolverSettings,
  iterativeSolver,
  type Solver,
  usableStart,
} from '../../transport/solve';
import type { Snapshot } from './history';
import { History } from './history';
import { RequestError } from '../jobs/errors';
import type { AlignResult, PlannedTensor } from '../jobs';
import { Replay } from './replay';

/** Everything needed to build an alignment, also once more after a device loss. */
export interface AlignmentSpec {
  readonly key: string;
  readonly recipe: Recipe;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly part?: number;
  readonly against?: Against;
  /** Potentials to start from. */
  readonly start?: Snapshot;
}

/** The two matrices that an alignment compares, valid until `free`. */
export interface AlignmentInputs {
  readonly spec: AlignmentSpec;
  /** Undefined if the method has no plan. */
  readonly solver: Solver | undefined;
  /** Rows of block 1 after the input map, `[n, k]`. */
  readonly a: Tensor;
  /** Rows of block 2, `[m, k]`. */
  readonly b: Tensor;
  free(): void;
}

/** One transport problem on the device, solved or being solved, and the history of its solution. */
export class Alignment {
  readonly key: string;
  readonly backend: Backend;
  readonly inputs: AlignmentInputs;
  readonly cost: CostMatrix;
  readonly history: History;
  /** Undefined if the solver is not iterative. */
  readonly method: IterativeSolverSettings | undefined;
  result: AlignResult | undefined;
  /** During a solve: the cost that the plan is formed from, if it is not `cost`. */
  formingCost: CostMatrix | undefined;
  readonly #replay: Replay;
  #kept: IterativeSolver | undefined;
  #exact: Assignment | undefined;
  #pins = 0;
  #dropped = false;

  constructor(backend: Backend, inputs: AlignmentInputs, cost: CostMatrix, history = new History()) {
    const { solver, spec } = inputs;
    this.key = spec.key;
    this.backend = backend;
    this.inputs = inputs;
    this.cost = cost;
    this.history = history;
    this.method = solver && solver.kind !== 'exact' ? solver : undefined;
    this.#replay = new Replay(() => this.solver());
  }

  /** True if the solve starts from given potentials. */
  get isContinuation(): boolean {
    return (
      this.method !== undefined && usableStart(this.cost, this.method, this.inputs.spec.start) !== undefined
    );
  }

  /** Creates a solver at its start. The caller frees it. */
  solver(): IterativeSolver {
    if (!this.method) throw new RequestError('expected a method that iterates, got one that does not');
    return iterativeSolver(this.backend, this.cost, this.method, this.inputs.spec.start);
  }

  get rows(): number {
    return this.cost.rows;
  }

  get columns(): number {
    return this.cost.columns;
  }

  /** Kind of the plan; `none` if the method has none. */
  get plan(): AlignResult['plan'] {
    const { solver } = this.inputs;
    if (!solver) return 'none';
    return solver.kind === 'exact' ? 'permutation' : 'entropic';
  }

  /** The cost that the plan is formed from. */
  get planCost(): CostMatrix {
    return this.#kept?.cost ?? this.formingCost ?? this.cost;
  }

  /** Takes ownership of a solver whose own cost the plan is formed from. */
  keep(solver: IterativeSolver): void {
    this.#kept = solver;
    if (this.#dropped && this.#pins === 0) this.#free();
  }

  /**
   * Bytes on the device and of the history. Rows that belong to a base block count too, because the block cannot be evicted
   * meanwhile.
   */
  get bytes(): number {
    const formed = this.planCost === this.cost ? 0 : this.planCost.bytes;
    return this.cost.bytes + formed + this.inputs.a.bytes + this.inputs.b.bytes + this.history.bytes;
  }

  /**
   * Returns the potentials after a half-step, which is clamped to the range of the solve (default the last). An evicted
   * half-step is computed again.
   * @throws RequestError before the first half-step.
   */
  async snapshotAt(halfStep: number | undefined, signal: AbortSignal | undefined): Promise<Snapshot> {
    const asked = this.history.clampHalfStep(halfStep);
    if (asked === undefined) {
      throw new RequestError(
        'expected a plan that has begun to form, got one before its first half-step: ask again',
      );
    }
    return this.history.at(asked) ?? this.#replay.at(asked, signal);
  }

  /** The exact assignment, if it has been computed. */
  get exact(): Assignment | undefined {
    return this.#exact;
  }

  /** Computes and caches the exact assignment. */
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

  /** Keeps the tensors until `use` ends, even if the alignment is dropped meanwhile. */
  async pinned<T>(use: () => Promise<T>): Promise<T> {
    this.#pins++;
    try {
      return await use();
    } finally {
      this.#pins--;
      if (this.#dropped && this.#pins === 0) this.#free();
    }
  }

  /** Frees the tensors, now or when the last `pinned` use ends. */
  drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    if (this.#pins === 0) this.#free();
  }

  #free(): void {
    this.#kept?.free();
    this.#kept = undefined;
    this.#replay.free();
    this.cost.free();
    this.inputs.free();
  }
}
