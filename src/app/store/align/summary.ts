import type { Jobs, Strongest } from '../../../engine/jobs';
import { onDemand } from '../core/on-demand';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownHalfStep } from '../derived/half-step';
import type { WithAlign } from '../state/align';
import type { WithSummary } from '../state/summary';
import type { WithView } from '../state/view';

/** The parts of the state it reads and changes. */
type Needs = WithAlign & WithView & WithSummary;

const PAIRS = 5;
const MAX_ENTRIES = 64;

/** What has to be asked for the picture on the stage; undefined while there is none at rest. */
export function requestedSummary(state: Needs): Jobs['strongest']['args'] | undefined {
  const { align } = state;
  if (align.phase !== 'ready' || align.playing || align.key === undefined) return undefined;
  const request = { key: align.key, count: PAIRS };
  return align.result?.plan === 'entropic' ? { ...request, halfStep: shownHalfStep(state) } : request;
}

export const summaryKey = (state: Needs): string => JSON.stringify(requestedSummary(state)) ?? '';

/** Finding the few strongest pairs, for the picture in words. */
export function createSummary({ engine, store }: Context<Needs>) {
  const { run, cancel } = onDemand<Strongest>((change) => patch(store, 'summary', change), MAX_ENTRIES);
  return {
    cancel,

    async find(): Promise<void> {
      const state = store.getState();
      const request = requestedSummary(state);
      const key = summaryKey(state);
      if (request === undefined || state.summary.entries[key] !== undefined || state.summary.running === key)
        return;
      await run(key, (options) => engine.run('strongest', request, options));
    },
  };
}
