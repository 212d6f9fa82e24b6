import type { Backend, Potentials } from '../backend/operations';
import { copiesOf } from '../backend/scope';
import type { Assignment } from './assignment';
import type { CostMatrix } from './cost';
import type { PerplexityReport } from './perplexity-search';
import type { Solver } from './solver';

/** Cached result of a solve. */
export type Solution =
  | { readonly kind: 'permutation'; readonly assignment: Assignment }
  | {
      readonly kind: 'entropic' | 'unbalanced';
      readonly potentials: Potentials;
      readonly iterations: number;
      readonly converged: boolean;
      readonly search: PerplexityReport | undefined;
    };

const BUDGET_BYTES = 2 ** 24;
/** Problems with larger costs are not cached: a key needs the cost read back. */
const MAX_COST_BYTES = 2 ** 26;

/**
 * Cache of solved problems on one device. The key covers everything that decides a solution: all entries of the cost, and the
 * solver with its settings. Recipes that share problems, such as a method with and without zero start, solve them once. Evicts
 * the least recently used.
 */
export class SolutionCache {
  readonly #backend: Backend;
  readonly #kept = new Map<string, Solution>();
  #bytes = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Returns the cache key of a problem; `read` returns the entries of its cost. Returns undefined for problems that are not
   * cached: large ones, and ProgOT, whose plan needs its own cost.
   */
  async key(
    { rows, columns }: Pick<CostMatrix, 'rows' | 'columns'>,
    solver: Solver,
    read: () => Promise<Float32Array>,
  ): Promise<string | undefined> {
    if (solver.kind === 'progot' || 4 * rows * columns > MAX_COST_BYTES) return undefined;
    return `${rows}×${columns} ${digest(await read())} ${JSON.stringify(solver)}`;
  }

  /** Returns the solution of a key, if cached. Its potentials are copies; the caller frees them. */
  get(key: string): Solution | undefined {
    const found = this.#kept.get(key);
    if (!found) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return this.#copy(found);
  }

  /** Stores a copy. */
  put(key: string, solution: Solution): void {
    this.#drop(key);
    this.#kept.set(key, this.#copy(solution));
    this.#bytes += bytesOf(solution);
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= BUDGET_BYTES) break;
      this.#drop(oldest);
    }
  }

  /** Frees all solutions. */
  free(): void {
    for (const key of this.#kept.keys()) this.#drop(key);
  }

  #drop(key: string): void {
    const dropped = this.#kept.get(key);
    if (!dropped) return;
    this.#kept.delete(key);
    this.#bytes -= bytesOf(dropped);
    if (dropped.kind !== 'permutation') this.#backend.free(dropped.potentials.f, dropped.potentials.g);
  }

  /** Copies on the device, because reading back would round the CPU backend's float64 values. */
  #copy(solution: Solution): Solution {
    if (solution.kind === 'permutation') return solution;
    const { f, g, epsilon } = solution.potentials;
    const [copyOfF = f, copyOfG = g] = copiesOf(this.#backend, undefined, [f, g]);
    return { ...solution, potentials: { f: copyOfF, g: copyOfG, epsilon } };
  }
}

function bytesOf(solution: Solution): number {
  if (solution.kind === 'permutation') return solution.assignment.assignment.byteLength;
  const { f, g } = solution.potentials;
  return f.bytes + g.bytes;
}

/** 64-bit hash of all values: MurmurHash3's mixing from two seeds. */
function digest(values: Float32Array): string {
  let a = 0x2545f491;
  let b = 0x9e3779b9;
  for (const word of new Uint32Array(values.buffer, values.byteOffset, values.length)) {
    a = mixed(a, Math.imul(word, 0xcc9e2d51), 0x1b873593);
    b = mixed(b, Math.imul(word, 0x85ebca6b), 0xc2b2ae35);
  }
  return `${(a >>> 0).toString(16)} ${(b >>> 0).toString(16)}`;
}

function mixed(state: number, word: number, factor: number): number {
  const next = state ^ Math.imul((word << 15) | (word >>> 17), factor);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}
