import type { Picture } from '../../../engine/jobs';
import { isAbort, toFailure } from '../core/failure';
import { LruCache } from '../core/lru-cache';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import {
  MAX_PIXELS,
  requestedDifference,
  requestedPicture,
  requestedSecond,
  requestedTile,
  withoutWindow,
  pictureKey,
} from '../derived/requested-picture';
import type { AlignSubject, WithAlign } from '../state/align';
import type { WithModel } from '../state/model';
import type { RequestedPicture, WithOtherPictures, WithPicture } from '../state/picture';
import type { WithRecipe } from '../state/recipe';
import type { WithSecond } from '../state/second';
import type { WithView } from '../state/view';
import { prefetchHalfSteps } from './prefetch';
import { createNeuronOrder } from './order';

type Needs = WithModel & WithRecipe & WithView & WithAlign & WithPicture & WithSecond & WithOtherPictures;

const CACHE_BYTES = 96 * 2 ** 20;

const sizeOf = ({ max, mean }: Picture) => max.byteLength + (mean === max ? 0 : mean.byteLength);

/** Uses one array for `max` and `mean` if they are equal (single cells), so that the cache holds twice as many. */
function shareEqualValues(picture: Picture): Picture {
  const { max, mean } = picture;
  for (let i = 0; i < max.length; i++) if (max[i] !== mean[i]) return picture;
  return { ...picture, mean: max };
}

type PaneSlice = 'picture' | 'secondPicture' | 'differencePicture';

interface PaneConfig {
  readonly slice: PaneSlice;
  wanted(state: Needs): RequestedPicture | undefined;
  /** The alignment shown in the pane. */
  subject(state: Needs): AlignSubject | undefined;
  /** True if the alignment is finished. Before that a failed request is only too early and is not shown. */
  solveFinished(state: Needs): boolean;
  solveAgain(): void;
}

/** Updates the pictures of all panes when alignment, kind, half-step or window change. */
export function createPicture(
  context: Context<Needs>,
  solveAgain: () => void,
  solveSecondAgain: () => void,
): void {
  const { store, platform } = context;
  const cache = new LruCache<Picture>(CACHE_BYTES);
  syncPane(context, cache, {
    slice: 'picture',
    wanted: (state) => requestedPicture(state, platform.reducedMotion()),
    subject: (state) => state.align.subject,
    solveFinished: (state) => state.align.phase === 'ready',
    solveAgain,
  });
  syncPane(context, cache, {
    slice: 'secondPicture',
    wanted: requestedSecond,
    subject: (state) => state.second.subject,
    solveFinished: (state) => state.second.phase === 'ready',
    solveAgain: solveSecondAgain,
  });
  syncPane(context, cache, {
    slice: 'differencePicture',
    wanted: requestedDifference,
    subject: (state) => state.align.subject,
    solveFinished: (state) => state.align.phase === 'ready',
    solveAgain: solveSecondAgain,
  });
  createNeuronOrder(context);
  prefetchHalfSteps(
    context,
    {
      has: (wanted) => cache.get(pictureKey(wanted)) !== undefined,
      keep: (wanted, fetched) => {
        const picture = shareEqualValues(fetched);
        cache.set(pictureKey(wanted), picture, sizeOf(picture));
      },
    },
    () => requestedPicture(store.getState(), platform.reducedMotion()),
  );

  const nothing = { shown: undefined, tile: undefined, failure: undefined };
  const clearSecond = () => store.setState({ secondPicture: nothing, differencePicture: nothing });
  store.subscribe(
    (state) => state.model.id,
    () => {
      cache.clear();
      clearSecond();
    },
  );
  store.subscribe(
    (state) => state.align.phase === 'unpaired',
    (unpaired) => unpaired && patch(store, 'picture', nothing),
  );
  store.subscribe(
    (state) => state.view.panes === 'off',
    (off) => off && clearSecond(),
  );
}

/** Fetches the pictures of one pane: first the whole matrix, then the visible part in more detail. */
function syncPane({ engine, store }: Context<Needs>, cache: LruCache<Picture>, config: PaneConfig): void {
  const { slice } = config;
  let retried: string | undefined;

  const fetcher = new CoalescingFetcher<RequestedPicture, Picture>(
    (wanted, signal) =>
      engine.run(
        'picture',
        { ...wanted, maxPixels: MAX_PIXELS },
        {
          signal,
          onEvent: (event) => {
            if (event.type === 'progress') patch(store, slice, { progress: event.progress });
          },
        },
      ),
    (wanted, fetched, error) => {
      if (store.getState()[slice].progress !== undefined) patch(store, slice, { progress: undefined });
      if (fetched !== undefined) {
        const picture = shareEqualValues(fetched);
        // A picture of a half-step never changes, even if it was requested during the solve.
        cache.set(pictureKey(wanted), picture, sizeOf(picture));
        retried = undefined;
        show(wanted, picture);
      } else if (wanted.key === config.wanted(store.getState())?.key && !isAbort(error)) {
        if (handleFailure(wanted, error)) return;
      }
      fetchNext();
    },
  );

  /** @returns true if nothing more should be requested now. */
  function handleFailure(wanted: RequestedPicture, error: unknown): boolean {
    if (!config.solveFinished(store.getState())) return false;
    // The engine may have restarted and lost this alignment: solve once more before the failure is shown.
    if (retried !== wanted.key) {
      retried = wanted.key;
      config.solveAgain();
      return true;
    }
    patch(store, slice, { failure: toFailure(error) });
    return true;
  }

  function show(request: RequestedPicture, picture: Picture): void {
    const state = store.getState();
    const wanted = config.wanted(state);
    const subject = config.subject(state);
    if (subject === undefined || wanted === undefined || wanted.key !== request.key) return;
    if (request.window) {
      if (pictureKey(withoutWindow(request)) === pictureKey(wanted))
        patch(store, slice, { tile: { picture, request } });
    } else if (wanted.kind === request.kind) {
      patch(store, slice, { shown: { picture, subject, request }, failure: undefined });
    }
  }

  /** Shows cached pictures and requests the first one that is missing. */
  function fetchNext(): void {
    const state = store.getState();
    const wanted = config.wanted(state);
    // An exact assignment can take long: abort it if it is no longer needed.
    const { running } = fetcher;
    if (
      running?.kind === 'permutation' &&
      (!wanted || pictureKey(withoutWindow(running)) !== pictureKey(wanted))
    )
      fetcher.abort();
    if (wanted === undefined) {
      fetcher.request(undefined);
      return;
    }
    const tile = requestedTile(state, wanted);
    for (const next of tile ? [wanted, tile] : [wanted]) {
      const kept = cache.get(pictureKey(next));
      if (kept === undefined) {
        fetcher.request(next);
        return;
      }
      const pane = store.getState()[slice];
      if ((next.window ? pane.tile : pane.shown)?.picture !== kept) show(next, kept);
    }
    fetcher.request(undefined);
  }

  store.subscribe(
    (state) => {
      const wanted = config.wanted(state);
      if (wanted === undefined) return undefined;
      const tile = requestedTile(state, wanted);
      return `${pictureKey(tile ?? wanted)} ${config.solveFinished(state)}`;
    },
    () => {
      if (store.getState()[slice].failure !== undefined) patch(store, slice, { failure: undefined });
      fetchNext();
    },
  );
}
