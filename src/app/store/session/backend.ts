import { isAbort, toFailure } from '../core/failure';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { BackendChoice, WithBackend } from '../state/backend';
import { BACKEND_CHOICES } from '../state/backend';
import type { WithNotices } from '../state/notices';
import { notify, offerRestart } from './notices';

type Needs = WithBackend & WithNotices;

/** Key under which the choice of backend is stored. */
const STORAGE_KEY = 'interlayer.backend';

/** Actions that start and switch the backend and read its memory use. */
export function createBackend({ engine, store, platform }: Context<Needs>) {
  let askingMemory = false;

  /** Starts a backend. A failure is shown; the previous backend then stays. */
  async function attempt(choice: BackendChoice): Promise<'ready' | 'failed' | 'crashed'> {
    const before = store.getState().backend;
    patch(store, 'backend', { status: 'starting' });
    try {
      const summary = await engine.run('start', {
        backend: choice,
        corpus: new URL('corpus/', platform.base).href,
      });
      patch(store, 'backend', { choice, status: 'ready', summary, noticeDismissed: false });
      return 'ready';
    } catch (error) {
      patch(store, 'backend', { status: before.summary === undefined ? 'failed' : 'ready' });
      const { name, message } = toFailure(error);
      if (name === 'EngineCrashError') {
        offerRestart(store, 'The engine did not start', message);
        return 'crashed';
      }
      if (!isAbort(error)) notify(store, 'error', 'The backend did not start', message);
      return 'failed';
    }
  }

  return {
    /** Starts a backend. @returns false on failure, which is shown; the previous backend then stays. */
    start: async (choice: BackendChoice): Promise<boolean> => (await attempt(choice)) === 'ready',

    /** Starts the backend chosen on an earlier visit, else the faster one. @returns as `start`. */
    async begin(): Promise<boolean> {
      const kept = platform.loadText(STORAGE_KEY);
      const choice = BACKEND_CHOICES.find((known) => known === kept) ?? 'auto';
      const outcome = await attempt(choice);
      // An engine that crashed says nothing about the backend; a restart is offered.
      if (outcome === 'failed' && choice !== 'auto') return (await attempt('auto')) === 'ready';
      return outcome === 'ready';
    },

    /** Starts another backend and stores the choice. @returns as `start`. */
    async choose(choice: BackendChoice): Promise<boolean> {
      if (!(await this.start(choice))) return false;
      platform.saveText(STORAGE_KEY, choice);
      return true;
    },

    dismissNotice(): void {
      patch(store, 'backend', { noticeDismissed: true });
    },

    /** Reads the memory in use from the engine, unless a request is already running. */
    async refreshMemory(): Promise<void> {
      if (askingMemory || store.getState().backend.status !== 'ready') return;
      askingMemory = true;
      try {
        patch(store, 'backend', { memory: await engine.run('memory', {}) });
      } catch {
        // This is only displayed; the next job reports what is wrong.
      } finally {
        askingMemory = false;
      }
    },
  };
}
