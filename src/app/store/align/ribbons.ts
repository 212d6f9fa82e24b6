import type { Strongest } from '../../../engine/jobs';
import { isAbort, toFailure } from '../core/failure';
import { LruCache } from '../core/lru-cache';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownHalfStep } from '../derived/half-step';
import type { WithAlign } from '../state/align';
import type { WithModel } from '../state/model';
import type { StrongestRequest, WithRibbons } from '../state/ribbons';
import type { WithView } from '../state/view';

type Needs = WithModel & WithView & WithAlign & WithRibbons;

/** Cache size in pairs. */
const MAX_PAIRS = 2 ** 18;

/** The request for the ribbons; undefined if they are hidden or the engine cannot answer yet. */
function requestedPairs(state: Needs, reducedMotion: boolean): StrongestRequest | undefined {
  const { align, view } = state;
  if (!view.ribbons || view.tab !== 'align' || align.key === undefined) return undefined;
  const ready = align.phase === 'ready';
  const request = { key: align.key, count: view.pairs };
  if (align.subject?.plan !== 'entropic') return ready ? request : undefined;
  if (!ready && reducedMotion && view.halfStep === null) return undefined;
  return { ...request, halfStep: shownHalfStep(state) };
}

const requestKey = ({ key, count, halfStep }: StrongestRequest) => `${key} ${count} ${halfStep ?? ''}`;

/** Fetches the strongest pairs when alignment or half-step change, while ribbons are shown. */
export function createRibbons({ engine, store, platform }: Context<Needs>) {
  const cache = new LruCache<Strongest>(MAX_PAIRS);
  const wanted = () => requestedPairs(store.getState(), platform.reducedMotion());

  const fetcher = new CoalescingFetcher<StrongestRequest, Strongest>(
    (request, signal) => engine.run('strongest', request, { signal }),
    (request, strongest, error) => {
      if (strongest !== undefined) {
        cache.set(requestKey(request), strongest, strongest.values.length);
        show(request, strongest);
      } else if (request.key === store.getState().align.key && !isAbort(error)) {
        patch(store, 'ribbons', { failure: toFailure(error) });
        return;
      }
      fetchNext();
    },
  );

  function show(request: StrongestRequest, strongest: Strongest): void {
    const { subject, key } = store.getState().align;
    if (subject === undefined || key !== request.key) return;
    patch(store, 'ribbons', { shown: { strongest, subject, request }, failure: undefined });
  }

  function fetchNext(): void {
    const request = wanted();
    const cached = request && cache.get(requestKey(request));
    fetcher.request(cached === undefined ? request : undefined);
    if (request && cached && store.getState().ribbons.shown?.strongest !== cached) show(request, cached);
  }

  store.subscribe(
    (state) => {
      const request = requestedPairs(state, platform.reducedMotion());
      return request && requestKey(request);
    },
    () => {
      patch(store, 'ribbons', { failure: undefined });
      fetchNext();
    },
  );
  store.subscribe(
    (state) => state.model.id,
    () => cache.clear(),
  );
}
