import { download } from '../../files/download';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownHalfStep } from '../derived/half-step';
import type { WithAlign } from '../state/align';
import type { ArraysState, ArrayKind, WithArrays } from '../state/arrays';
import type { WithView } from '../state/view';

type Needs = WithAlign & WithView & WithArrays;

const IDLE: ArraysState = { saving: undefined, progress: undefined };

/** Actions that save cost, plan or potentials of the alignment on show as NumPy files. */
export function createArrays({ engine, store }: Context<Needs>) {
  const latest = new LatestTask();
  return {
    cancel(): void {
      latest.cancel();
      patch(store, 'arrays', IDLE);
    },

    /** Downloads an array; plan and potentials are those of the half-step on show. */
    async save(what: ArrayKind): Promise<void> {
      const state = store.getState();
      const { key, result } = state.align;
      if (key === undefined) return;
      const step = what !== 'cost' && result?.plan === 'entropic' ? { halfStep: shownHalfStep(state) } : {};
      await latest.run(async (signal) => {
        patch(store, 'arrays', { ...IDLE, saving: what, failure: undefined });
        try {
          const { blob, name } = await engine.run(
            'save',
            { key, what, ...step },
            {
              signal,
              onEvent: (event) => {
                if (event.type === 'progress' && !signal.aborted)
                  patch(store, 'arrays', { progress: event.progress });
              },
            },
          );
          if (signal.aborted) return;
          download(blob, name);
          patch(store, 'arrays', IDLE);
        } catch (error) {
          if (signal.aborted) return;
          patch(store, 'arrays', isAbort(error) ? IDLE : { ...IDLE, failure: toFailure(error) });
        }
      });
    },
  };
}
