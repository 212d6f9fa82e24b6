import type { Jobs, Strongest } from '../../engine/jobs';
import { shownHalfStep } from './align';
import type { Context } from './context';
import { patch } from './context';
import type { OnDemand } from './on-demand';
import { onDemand } from './on-demand';
import type { AppState } from './state';

/** The strongest pairs of the pictures that have been put into words. */
export type SummaryState = OnDemand<Strongest>;

export const INITIAL_SUMMARY: SummaryState = { entries: {} };

const PAIRS = 5;
const MOST_KEPT = 64;

/** What has to be asked for the picture on the stage; undefined while there is none at rest. */
export function wantedSummary(state: AppState): Jobs['strongest']['args'] | undefined {
  const { align } = state;
  if (align.phase !== 'ready' || align.playing || align.key === undefined) return undefined;
  const request = { key: align.key, count: PAIRS };
  return align.result?.plan === 'entropic' ? { ...request, halfStep: shownHalfStep(state) } : request;
}

export const summaryKey = (state: AppState): string => JSON.stringify(wantedSummary(state)) ?? '';

/** Finding the few strongest pairs, for the picture in words. */
export function createSummary({ engine, store }: Context) {
  const { run, cancel } = onDemand<Strongest>((change) => patch(store, 'summary', change), MOST_KEPT);
  return {
    cancel,

    async find(): Promise<void> {
      const state = store.getState();
      const request = wantedSummary(state);
      const key = summaryKey(state);
      if (request === undefined || state.summary.entries[key] !== undefined || state.summary.running === key)
        return;
      await run(key, (options) => engine.run('strongest', request, options));
    },
  };
}
