import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { LlamaConfig } from './config';
import type { LayerKind } from './layer-kinds';
import { ropeTable, tiled } from './rope';

/** Equally long windows that are stacked in one tensor. */
export interface Stack {
  readonly length: number;
  readonly windows: number;
  /** Number of tokens of each window before it was padded to `length`. Default: all are `length` long. */
  readonly lengths?: readonly number[] | undefined;
}

/**
 * The rotary tables of a model for `Backend.rope`, uploaded when first asked for and owned until `free`: one for each rotary
 * embedding and shape of a stack.
 */
export class RopeTables {
  readonly #backend: Backend;
  readonly #config: LlamaConfig;
  readonly #scope: Scope;
  readonly #tables = new Map<string, Tensor>();
  readonly #longest: number;

  /** @param longest longest window to come, which the table of every single window then serves. */
  constructor(backend: Backend, config: LlamaConfig, longest = 1) {
    this.#longest = longest;
    this.#backend = backend;
    this.#config = config;
    this.#scope = new Scope(backend, 'activations');
  }

  /** Returns the table `[windows · length, headDim]` of a kind of block; undefined if it has no rotary embedding. */
  of({ rope }: LayerKind, stack: Stack): Tensor | undefined {
    return this.#table(rope, stack, 'forth');
  }

  /** Returns the table of the transposed rotation, with negated sines, for a backward pass. */
  inverseOf({ rope }: LayerKind, stack: Stack): Tensor | undefined {
    return this.#table(rope, stack, 'back');
  }

  free(): void {
    this.#tables.clear();
    this.#scope.free();
  }

  #table(rope: number | null, stack: Stack, way: 'forth' | 'back'): Tensor | undefined {
    const config = rope === null ? undefined : this.#config.ropes[rope];
    if (!config) return undefined;
    const { length, windows } = stack;
    // Of `dynamic` the angles depend on the length: that of each window, so that padding changes no number.
    const dynamic = config.scaling?.type === 'dynamic';
    const lengths = dynamic ? (stack.lengths ?? Array.from({ length: windows }, () => length)) : undefined;
    const positions = windows === 1 && !dynamic ? Math.max(length, this.#longest) : length;
    const key = `${rope} ${lengths?.join('+') ?? windows} × ${positions} ${way}`;
    const known = this.#tables.get(key);
    if (known) return known;
    const { headDim } = config;
    const forth = lengths
      ? Float32Array.from(lengths.flatMap((tokens) => [...ropeTable(config, positions, tokens)]))
      : tiled(ropeTable(config, positions), windows);
    const values =
      way === 'forth' ? forth : forth.map((value, i) => (i % headDim < headDim / 2 ? value : -value));
    const table = this.#backend.upload(values, [positions * windows, headDim], 'f32', 'rope table');
    this.#tables.set(key, this.#scope.own(table));
    return table;
  }
}
