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

  return {
    /** Starts a backend. @returns false on failure, which is shown; the previous backend then stays. */
    async start(choice: BackendChoice): Promise<boolean> {
      const before = store.getState().backend;
      patch(store, 'backend', { status: 'starting' });
      try {
        const summary = await engine.run('start', {
          backend: choice,
          corpus: new URL('corpus/', platform.base).href,
        });
        patch(store, 'backend', { choice, status: 'ready', summary, noticeDismissed: false });
        return true;
      } catch (error) {
        patch(store, 'backend', { status: before.summary === undefined ? 'failed' : 'ready' });
        const { name, message } = toFailure(error);
        if (name === 'EngineCrashError') offerRestart(store, 'The engine did not start', message);
        else if (!isAbort(error)) notify(store, 'error', 'The backend did not start', message);
        return false;
      }
    },

    /** Starts the backend chosen on an earlier visit, else the faster one. @returns as `start`. */
    async begin(): Promise<boolean> {
      const kept = platform.loadText(STORAGE_KEY);
      const choice = BACKEND_CHOICES.find((known) => known === kept) ?? 'auto';
      if (await this.start(choice)) return true;
      // An engine that crashed says nothing about the backend; a restart is offered.
      const crashed = store.getState().notices.some(({ offer }) => offer === 'start again');
      return choice !== 'auto' && !crashed && (await this.start('auto'));
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
