import type { NeuronOrder } from '../../../engine/jobs';
import type { OrderName } from '../../../recipe/view';
import type { Order } from '../../drawing/order';
import { isAbort, toFailure } from '../core/failure';
import { LruCache } from '../core/lru-cache';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { WithAlign } from '../state/align';
import type { WithModel } from '../state/model';
import { hasOwnOrder } from '../derived/second';
import type { WithOtherPictures, WithPicture } from '../state/picture';
import type { WithSecond } from '../state/second';
import type { WithView } from '../state/view';

type Needs = WithModel & WithView & WithAlign & WithPicture & WithSecond & WithOtherPictures;

/** Cache size in neurons. */
const MAX_NEURONS = 2 ** 20;

interface OrderRequest {
  readonly key: string;
  readonly order: OrderName;
}

/** Fetches the chosen order when an alignment is solved: the first, and the second if its neurons are others. */
export function createNeuronOrder(context: Context<Needs>): void {
  const cache = new LruCache<NeuronOrder>(MAX_NEURONS);
  context.store.subscribe(
    (state) => state.model.id,
    () => cache.clear(),
  );
  syncOrder(context, cache, 'picture', ({ align }) => align);
  syncOrder(context, cache, 'secondPicture', (state) => (hasOwnOrder(state) ? state.second : undefined));
}

/** Keeps the order of one pane. @param alignmentOf the alignment whose order it is; undefined if the pane has none. */
function syncOrder(
  { engine, store }: Context<Needs>,
  cache: LruCache<NeuronOrder>,
  slice: 'picture' | 'secondPicture',
  alignmentOf: (state: Needs) => Needs['align'] | Needs['second'] | undefined,
): void {
  const requestKey = ({ key, order }: OrderRequest) => `${key} ${order}`;

  const wanted = (state: Needs): OrderRequest | undefined => {
    const { view } = state;
    const { phase, key } = alignmentOf(state) ?? {};
    if (view.tab !== 'align' || phase !== 'ready' || key === undefined || view.order === 'index')
      return undefined;
    return { key, order: view.order };
  };

  const fetcher = new CoalescingFetcher<OrderRequest, NeuronOrder>(
    (request, signal) => engine.run('order', request, { signal }),
    (request, order, error) => {
      if (order !== undefined) {
        cache.set(requestKey(request), order, order.rows.length + order.columns.length);
        show(request, order);
      } else if (!isAbort(error) && wanted(store.getState())?.key === request.key) {
        patch(store, slice, { failure: toFailure(error) });
      }
    },
  );

  function show({ key, order: name }: OrderRequest, order: Order): void {
    const { subject, key: current } = alignmentOf(store.getState()) ?? {};
    if (subject !== undefined && key === current)
      patch(store, slice, { order: { key, name, subject, order } });
  }

  store.subscribe(
    (state) => {
      const request = wanted(state);
      return request && requestKey(request);
    },
    () => {
      const request = wanted(store.getState());
      const kept = request && cache.get(requestKey(request));
      if (request && kept) show(request, kept);
      fetcher.request(kept ? undefined : request);
    },
  );
}
