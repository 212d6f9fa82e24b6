/*
 * Room `store/core`: tools for slices: the store interface, a single running task, a fetcher that coalesces requests,
 * caches. Imports no slice.
 */

import type { EngineApi } from '../../../engine/jobs';
import type { ByteStore } from '../../../engine/environment/byte-store';

/**
 * The interface of the page's store (zustand with `subscribeWithSelector`) for one slice. `State` has only the parts that
 * the slice reads or changes; any store with at least those parts fits.
 */
export interface Store<State> {
  getState(): State;
  setState(change: Partial<State> | ((state: State) => Partial<State>)): void;
  /** Calls `listener` when the selected value changes. @returns a function that unsubscribes. */
  subscribe<T>(
    selector: (state: State) => T,
    listener: (value: T, before: T) => void,
    options?: { equalityFn?: (a: T, b: T) => boolean },
  ): () => void;
}

/** Dependencies of the actions of a slice; `State` as in `Store`. */
export interface Context<State> {
  readonly engine: EngineApi;
  readonly store: Store<State>;
  readonly platform: Platform;
  /** Access tokens by the address of their Hub. They are held here alone: in no state, link, recipe or message. */
  readonly tokens: Map<string, string>;
}

/** Browser services the page uses besides the DOM; tests pass their own. */
export interface Platform {
  /** Base URL of relative files: the shipped model and the texts. */
  readonly base: string;
  /** True if another page shows this one, without its header. */
  readonly embedded: boolean;
  reducedMotion(): boolean;
  /** Tags of the languages the browser asks for, the most wanted first. */
  languages(): readonly string[];
  fetchText(url: string, signal: AbortSignal): Promise<string>;
  /** Returns the text stored under a name on an earlier visit; null if there is none or storage is blocked. */
  loadText(name: string): string | null;
  /** Stores a text for later visits. @returns false if it could not be stored. */
  saveText(name: string, text: string): boolean;
  /** Storage for large binary data. */
  byteStore(): Promise<ByteStore>;
  readonly locks: Locks;
}

/** Names that one page of this site at a time can have. A page that is closed or crashes lets go of its names. */
export interface Locks {
  /**
   * Takes a name. If another page has it, waits until it is free, at most `patienceMs` milliseconds.
   * @returns a function that lets go of it; undefined if another page has it.
   */
  take(name: string, patienceMs: number): Promise<(() => void) | undefined>;
  /** Returns the names that pages have, this one included. */
  taken(): Promise<ReadonlySet<string>>;
}

/** Names of the parts of a state that are objects. */
type Slice<State> = {
  [K in keyof State]: State[K] extends readonly unknown[] | string | null ? never : K;
}[keyof State];

/** Changes some fields of one part of the state; `change` may be a function of its current value. */
export function patch<State, K extends Slice<State>>(
  store: Store<State>,
  slice: K,
  change: Partial<State[K]> | ((before: State[K]) => Partial<State[K]>),
): void {
  store.setState((state) => {
    const fields = typeof change === 'function' ? change(state[slice]) : change;
    const next: Partial<State> = {};
    next[slice] = { ...state[slice], ...fields };
    return next;
  });
}
