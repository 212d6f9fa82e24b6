import type { BackendSummary, Jobs } from '../../engine/jobs';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import { notify } from './notices';

export interface BackendState {
  readonly status: 'starting' | 'ready' | 'failed';
  readonly summary?: BackendSummary;
  readonly memory?: Jobs['memory']['result'];
  readonly noticeDismissed: boolean;
}

export const INITIAL_BACKEND: BackendState = { status: 'starting', noticeDismissed: false };

/** Starting and switching the backend, and its memory in use. */
export function createBackend({ engine, store, platform }: Context) {
  let askingMemory = false;

  return {
    /** @returns whether a backend runs now; a failure is shown and the one before stays. */
    async start(choice: 'auto' | 'webgpu' | 'cpu'): Promise<boolean> {
      const before = store.getState().backend;
      patch(store, 'backend', { status: 'starting' });
      try {
        const summary = await engine.run('start', {
          backend: choice,
          corpus: new URL('corpus/', platform.base).href,
        });
        patch(store, 'backend', { status: 'ready', summary, noticeDismissed: false });
        return true;
      } catch (error) {
        patch(store, 'backend', { status: before.summary === undefined ? 'failed' : 'ready' });
        if (!isAbort(error)) notify(store, 'error', 'The backend did not start', toFailure(error).message);
        return false;
      }
    },

    dismissNotice(): void {
      patch(store, 'backend', { noticeDismissed: true });
    },

    /** Asks the engine what it holds; drops the question when one is already open. */
    async refreshMemory(): Promise<void> {
      if (askingMemory || store.getState().backend.status !== 'ready') return;
      askingMemory = true;
      try {
        patch(store, 'backend', { memory: await engine.run('memory', {}) });
      } catch {
        // Only a display: the next job will say what is wrong.
      } finally {
        askingMemory = false;
      }
    },
  };
}
