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
import type { WithPicture } from '../state/picture';
import type { WithView } from '../state/view';

type Needs = WithModel & WithView & WithAlign & WithPicture;

/** Cache size in neurons. */
const MAX_NEURONS = 2 ** 20;

/** Fetches the chosen order when an alignment is solved. */
export function createNeuronOrder({ engine, store }: Context<Needs>): void {
  const cache = new LruCache<NeuronOrder>(MAX_NEURONS);
  const requestKey = ({ key, order }: { key: string; order: OrderName }) => `${key} ${order}`;

  const wanted = ({ align, view }: Needs) => {
    if (view.tab !== 'align' || align.phase !== 'ready' || align.key === undefined) return undefined;
    return view.order === 'index' ? undefined : { key: align.key, order: view.order };
  };

  const fetcher = new CoalescingFetcher<{ key: string; order: OrderName }, NeuronOrder>(
    (request, signal) => engine.run('order', request, { signal }),
    (request, order, error) => {
      if (order !== undefined) {
        cache.set(requestKey(request), order, order.rows.length + order.columns.length);
        show(request, order);
      } else if (!isAbort(error) && wanted(store.getState())?.key === request.key) {
        patch(store, 'picture', { failure: toFailure(error) });
      }
    },
  );

  function show({ key, order: name }: { key: string; order: OrderName }, order: Order): void {
    const { subject, key: current } = store.getState().align;
    if (subject !== undefined && key === current)
      patch(store, 'picture', { order: { key, name, subject, order } });
  }

  store.subscribe(
    (state) => state.model.id,
    () => cache.clear(),
  );
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
