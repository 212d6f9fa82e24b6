// Transport problems of one tensor in one gap: posed, solved half-step by half-step, kept, and looked up again. What other jobs
// find out about an alignment they keep themselves (`Memory`). Imports of the engine models, for activations, and what models
// imports; no pictures and no plans read off.

import type { Backend, Tensor } from '../../backend/operations';
import type { Recipe } from '../../recipe/schema';
import { type Assignment, assign } from '../../transport/assignment';
import type { CostMatrix } from '../../transport/cost';
import type { IterativeSolver } from '../../transport/iterative';
import { type IterativeMethod, iterativeSolver, type Solver, startsAnywhere } from '../../transport/solve';
import type { Snapshot } from './history';
import { History } from './history';
import { RequestError } from '../jobs/errors';
import type { AlignResult, PlannedTensor } from '../jobs';
import { Replay } from './replay';

/** An alignment as it was asked for; enough to make it again. */
export interface AlignmentSpec {
  readonly key: string;
  readonly recipe: Recipe;
  readonly gap: number;
  readonly tensor: PlannedTensor;
  readonly part?: number;
  /** Potentials to go on from. */
  readonly start?: Snapshot;
}

/** What is compared with what. The matrices stay valid until `free`. */
export interface AlignmentInputs {
  readonly spec: AlignmentSpec;
  /** Undefined where the method has no plan. */
  readonly solver: Solver | undefined;
  /** Rows of block 1 after the input map, `[n, k]`. */
  readonly a: Tensor;
  /** Rows of block 2, `[m, k]`. */
  readonly b: Tensor;
  free(): void;
}

/** One transport problem on the device, solved or forming, and the course of its solution. */
export class Alignment {
  readonly key: string;
  readonly backend: Backend;
  readonly inputs: AlignmentInputs;
  readonly cost: CostMatrix;
  readonly history: History;
  /** Undefined where nothing is iterated. */
  readonly method: IterativeMethod | undefined;
  result: AlignResult | undefined;
  /** What the plan is being formed from, where that is not the cost itself. */
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

  /** Whether the plan is formed from given potentials on. */
  get isContinuation(): boolean {
    return this.inputs.spec.start !== undefined && this.method !== undefined && startsAnywhere(this.method);
  }

  /** A solver of this problem at its start. The caller frees it. */
  solver(): IterativeSolver {
    if (!this.method) throw new RequestError('expected a method that iterates, got one that does not');
    return iterativeSolver(
      this.backend,
      this.cost,
      this.method,
      this.isContinuation ? this.inputs.spec.start : undefined,
    );
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
    return this.#kept?.cost ?? this.formingCost ?? this.cost;
  }

  /** Takes over a solver whose own cost its plan is formed from. */
  keep(solver: IterativeSolver): void {
    this.#kept = solver;
    if (this.#dropped && this.#pins === 0) this.#free();
  }

  /**
   * Bytes held on the device, and of the potentials copied off it. Rows that are a base block's own count too: they
   * cannot be evicted meanwhile.
   */
  get bytes(): number {
    const formed = this.planCost === this.cost ? 0 : this.planCost.bytes;
    return this.cost.bytes + formed + this.inputs.a.bytes + this.inputs.b.bytes + this.history.bytes;
  }

  /**
   * The potentials as they were after a half-step; the first or last of all for one before or after those there are.
   * One that the history thinned out is computed again.
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
    this.#replay.free();
    this.cost.free();
    this.inputs.free();
  }
}
