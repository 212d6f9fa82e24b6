/*
 * Room `store/core`: what a slice is built with: the store as it sees it, one running task, one wish at a time, caches.
 * Knows no slice.
 */

import type { EngineApi } from '../../../engine/jobs';
import type { Shelf } from '../../../engine/environment/shelf';

/**
 * What a slice uses of the page's store (zustand with `subscribeWithSelector`). `State` is the parts of the state that the
 * slice reads or changes, so any store whose state has at least those parts will do.
 */
export interface Store<State> {
  getState(): State;
  setState(change: Partial<State> | ((state: State) => Partial<State>)): void;
  /** Calls `listener` when the selected value changes. @returns how to stop that. */
  subscribe<T>(
    selector: (state: State) => T,
    listener: (value: T, before: T) => void,
    options?: { equalityFn?: (a: T, b: T) => boolean },
  ): () => void;
}

/** What the actions of a slice work with; `State` as in `Store`. */
export interface Context<State> {
  readonly engine: EngineApi;
  readonly store: Store<State>;
  readonly platform: Platform;
}

/** What the page asks of the browser outside its own elements; tests give their own. */
export interface Platform {
  /** The address that relative files (the shipped model, the texts) are resolved against. */
  readonly base: string;
  reducedMotion(): boolean;
  fetchText(url: string, signal: AbortSignal): Promise<string>;
  /** Text kept under a name from one visit to the next; null where there is none or nothing can be kept. */
  loadText(name: string): string | null;
  /** False where it could not be kept. */
  saveText(name: string, text: string): boolean;
  /** Where more than a text is kept. */
  shelf(): Promise<Shelf>;
}

/** The parts of a state that are objects with fields of their own. */
type Slice<State> = {
  [K in keyof State]: State[K] extends readonly unknown[] | string | null ? never : K;
}[keyof State];

/** Changes some fields of one part of the state. */
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
