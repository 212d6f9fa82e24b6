/*
 * Room `store/hub`: actions that find models on a Hub and list what is kept of them, created when a dialog first needs them.
 * Imports `core`, `state` and `session`.
 */

import type { HubModel } from '../../../recipe/hub';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { endpointOf, hubSource } from '../session/hub-source';
import type { LookUp, WithHub } from '../state/hub';

function createHub({ engine, store, tokens }: Context<WithHub>) {
  const latest = new LatestTask();
  const show = (lookUp: LookUp): void => patch(store, 'hub', { lookUp });

  async function keep(work: () => Promise<WithHub['hub']['kept']>): Promise<void> {
    try {
      patch(store, 'hub', { kept: await work(), keptFailure: undefined });
    } catch (error) {
      patch(store, 'hub', { keptFailure: toFailure(error) });
    }
  }

  return {
    /** Holds a token for all models on the same Hub until the page is closed; an empty one is forgotten. */
    setToken(model: HubModel, token: string): void {
      if (token === '') tokens.delete(endpointOf(model));
      else tokens.set(endpointOf(model), token);
    },

    /** Finds a model and reads its headers. A newer search cancels the running one. */
    async find(model: HubModel): Promise<void> {
      await latest.run(async (signal) => {
        show({ status: 'running', model });
        try {
          const summary = await engine.run(
            'lookUp',
            { source: hubSource(model, tokens) },
            {
              signal,
              onEvent: (event) => {
                if (event.type === 'progress' && !signal.aborted)
                  show({ status: 'running', model, progress: event.progress });
              },
            },
          );
          if (!signal.aborted) show({ status: 'done', model, summary });
        } catch (error) {
          if (signal.aborted || isAbort(error)) return;
          show({ status: 'failed', model, failure: toFailure(error) });
        }
      });
    },

    /** Stops the search and forgets what it found. */
    reset(): void {
      latest.cancel();
      patch(store, 'hub', { lookUp: { status: 'idle' }, asked: undefined });
    },

    /** Lists what is kept. */
    list: () => keep(() => engine.run('kept', {})),

    /** Frees what is kept of one model, or of all (`id` null). */
    free: (id: string | null) => keep(() => engine.run('freeKept', { id })),
  };
}
type HubActions = ReturnType<typeof createHub>;

const made = new WeakMap<Context<WithHub>, HubActions>();

/** Returns the Hub's actions of a context; creates them on first use. */
export function hubActionsOf(context: Context<WithHub>): HubActions {
  const actions = made.get(context) ?? createHub(context);
  made.set(context, actions);
  return actions;
}
