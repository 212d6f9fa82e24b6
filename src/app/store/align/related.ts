import type { Related } from '../../../engine/jobs';
import { isAbort, toFailure } from '../core/failure';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownCell } from '../derived/cell';
import type { WithAlign } from '../state/align';
import type { WithCell } from '../state/cell';
import type { RelatedRequest, WithRelated } from '../state/related';
import type { WithView } from '../state/view';

type Needs = WithAlign & WithView & WithCell & WithRelated;

/** Delay before a pair is looked up, because that reads other tensors. */
const IDLE_MS = 160;

function requestedPair(state: Needs): RelatedRequest | undefined {
  const { align, view } = state;
  const address = shownCell(state);
  if (view.tab !== 'align' || align.phase !== 'ready' || align.key === undefined) return undefined;
  if (align.trial !== undefined || address === undefined || align.subject === undefined) return undefined;
  if (address.row >= align.subject.rows || address.column >= align.subject.columns) return undefined;
  return { key: align.key, row: address.row, column: address.column };
}

/** Fetches where the inspected pair appears in the other tensors of the gap. */
export function createRelated({ engine, store }: Context<Needs>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fetcher = new CoalescingFetcher<RelatedRequest, readonly Related[]>(
    (request, signal) => engine.run('related', request, { signal }),
    (request, found, error) => {
      if (request.key !== store.getState().align.key) return;
      if (found !== undefined) patch(store, 'related', { shown: { request, found }, failure: undefined });
      else if (!isAbort(error)) patch(store, 'related', { failure: toFailure(error) });
    },
  );
  store.subscribe(
    (state) => JSON.stringify(requestedPair(state)),
    () => {
      clearTimeout(timer);
      fetcher.request(undefined);
      timer = setTimeout(() => fetcher.request(requestedPair(store.getState())), IDLE_MS);
    },
  );
}
