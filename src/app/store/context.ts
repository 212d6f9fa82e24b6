import type { StoreApi } from 'zustand/vanilla';
import type { EngineApi } from '../../engine/jobs';
import type { Shelf } from '../../engine/shelf';
import type { AppState } from './state';

type Subscribe = <T>(
  selector: (state: AppState) => T,
  listener: (value: T, before: T) => void,
  options?: { equalityFn?: (a: T, b: T) => boolean },
) => () => void;

/** A store that can also be listened to in part (zustand's `subscribeWithSelector`). */
export interface AppStore extends Omit<StoreApi<AppState>, 'subscribe'> {
  subscribe: StoreApi<AppState>['subscribe'] & Subscribe;
}

/** What every slice's actions work with. */
export interface Context {
  readonly engine: EngineApi;
  readonly store: AppStore;
  readonly platform: Platform;
}

/** What the page asks of the browser outside its own elements; tests give their own. */
export interface Platform {
  /** The address that relative files (the shipped model, the texts) are resolved against. */
  readonly base: string;
  reducedMotion(): boolean;
  fetchText(url: string, signal: AbortSignal): Promise<string>;
  /** Text kept under a name from one visit to the next; null where there is none or nothing can be kept. */
  recall(name: string): string | null;
  /** False where it could not be kept. */
  keep(name: string, text: string): boolean;
  /** Where more than a text is kept. */
  shelf(): Promise<Shelf>;
}

/** The parts of the state that have fields of their own. */
type Slice = {
  [K in keyof AppState]: AppState[K] extends readonly unknown[] | string | null ? never : K;
}[keyof AppState];

/** Changes some fields of one slice. */
export function patch<K extends Slice>(
  store: AppStore,
  slice: K,
  change: Partial<AppState[K]> | ((before: AppState[K]) => Partial<AppState[K]>),
): void {
  store.setState((state) => {
    const part = typeof change === 'function' ? change(state[slice]) : change;
    return { [slice]: { ...state[slice], ...part } };
  });
}
