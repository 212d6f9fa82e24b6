import type { Jobs, Strongest } from '../../../engine/jobs';
import { onDemand } from '../core/on-demand';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownHalfStep } from '../derived/half-step';
import type { WithAlign } from '../state/align';
import type { WithSummary } from '../state/summary';
import type { WithView } from '../state/view';

type Needs = WithAlign & WithView & WithSummary;

const PAIRS = 5;
const MAX_ENTRIES = 64;

/** The request for the strongest pairs of the picture on show; undefined during a solve or playback. */
export function requestedSummary(state: Needs): Jobs['strongest']['args'] | undefined {
  const { align } = state;
  if (align.phase !== 'ready' || align.playing || align.key === undefined) return undefined;
  const request = { key: align.key, count: PAIRS };
  return align.result?.plan === 'entropic' ? { ...request, halfStep: shownHalfStep(state) } : request;
}

export const summaryKey = (state: Needs): string => JSON.stringify(requestedSummary(state)) ?? '';

/** Actions that find the few strongest pairs for the description of the picture. */
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
