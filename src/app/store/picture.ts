import type { AlignResult, JobFailure, Picture, Progress } from '../../engine/jobs';
import type { MatchedOrder } from '../stage/order';
import { matchedOrder } from '../stage/order';
import type { Subject } from './align';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import { Lru } from './lru';
import { Pump } from './pump';
import type { WantedPicture } from './wanted-picture';
import { isWhole, wantedPicture, wishName } from './wanted-picture';

/** Pictures come at most this large; below it they show every cell. */
export const MAX_PIXELS = 1024;

interface ShownPicture {
  readonly picture: Picture;
  readonly subject: Subject;
  /** What was asked for. Of a long solve the engine keeps only some half-steps and draws the nearest before. */
  readonly asked: WantedPicture;
}

export interface PictureState {
  /** The last picture that arrived, of the alignment on show or, until that has one, of the one before. */
  readonly shown?: ShownPicture | undefined;
  /** The order of matched pairs and the alignment it was found for. */
  readonly order?:
    { readonly key: string; readonly subject: Subject; readonly order: MatchedOrder } | undefined;
  /** How far a picture that takes long is: the exact assignment of a large matrix. */
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

export const INITIAL_PICTURE: PictureState = {};

const CACHE_BYTES = 96 * 2 ** 20;

/** The picture that ranks matched pairs: the finished plan, or the cost where there is no soft plan. */
function rankingPicture(result: AlignResult): WantedPicture {
  return result.plan === 'entropic'
    ? { key: result.key, kind: 'plan', halfStep: result.halfSteps }
    : { key: result.key, kind: 'cost' };
}

function orderFrom(result: AlignResult, picture: Picture): MatchedOrder {
  const partner = result.assignment ?? result.argmax;
  const sign = picture.kind === 'cost' ? -1 : 1;
  const strength = Float32Array.from(
    partner,
    (column, row) => sign * (picture.max[row * picture.width + column] ?? 0),
  );
  return matchedOrder(partner, strength, result.columns);
}

const sizeOf = (picture: Picture) => picture.max.byteLength + picture.mean.byteLength;

/** Keeps the picture on screen in step with the alignment, the chosen kind and the half-step. */
export function createPicture({ engine, store, platform }: Context, solveAgain: () => void) {
  const cache = new Lru<Picture>(CACHE_BYTES);
  let retried: string | undefined;

  const pump = new Pump<WantedPicture, Picture>(
    (wanted, signal) =>
      engine.run(
        'picture',
        { ...wanted, maxPixels: MAX_PIXELS },
        {
          signal,
          onEvent: (event) => {
            if (event.type === 'progress') patch(store, 'picture', { progress: event.progress });
          },
        },
      ),
    (wanted, picture, error) => {
      if (store.getState().picture.progress !== undefined) patch(store, 'picture', { progress: undefined });
      if (picture !== undefined) {
        // A picture asked for while the solve ran is of that half-step for ever: worth keeping.
        cache.set(wishName(wanted), picture, sizeOf(picture));
        retried = undefined;
        arrive(wanted, picture);
      } else if (wanted.key === store.getState().align.key && !isAbort(error)) {
        fail(wanted, error);
      }
      follow();
    },
  );

  function fail(wanted: WantedPicture, error: unknown): void {
    if (store.getState().align.phase !== 'ready') return;
    // The engine may have restarted and know nothing of this alignment: solve it once more before giving up.
    if (retried !== wanted.key) {
      retried = wanted.key;
      solveAgain();
      return;
    }
    patch(store, 'picture', { failure: toFailure(error) });
  }

  function arrive(wanted: WantedPicture, picture: Picture): void {
    const { align } = store.getState();
    if (align.subject === undefined || align.key !== wanted.key) return;
    const { result, subject } = align;
    const ranking = result && rankingPicture(result);
    if (ranking && wishName(ranking) === wishName(wanted) && isWhole(picture, subject)) {
      const order = { key: result.key, subject, order: orderFrom(result, picture) };
      patch(store, 'picture', { order });
    }
    // The picture that only ranks pairs is not shown.
    const { kind } = wantedPicture(store.getState(), platform.reducedMotion()) ?? {};
    if (kind === wanted.kind) {
      patch(store, 'picture', { shown: { picture, subject, asked: wanted }, failure: undefined });
    }
  }

  /** What to fetch next, cached pictures being shown on the way. */
  function follow(): void {
    const state = store.getState();
    const wanted = wantedPicture(state, platform.reducedMotion());
    if (wanted === undefined) {
      if (pump.running?.kind === 'permutation') pump.abort();
      pump.want(undefined);
      return;
    }
    // An exact assignment can take long; nobody waits for one that is no longer asked for.
    if (pump.running?.kind === 'permutation' && wishName(pump.running) !== wishName(wanted)) pump.abort();
    const { result } = state.align;
    const ranking = result && rankingPicture(result);
    const ranked = state.picture.order?.key === wanted.key;
    if (ranking && !ranked && state.view.order === 'matched' && canRank(result)) {
      const cached = cache.get(wishName(ranking));
      if (cached === undefined) {
        pump.want(ranking);
        return;
      }
      arrive(ranking, cached);
    }
    const cached = cache.get(wishName(wanted));
    if (cached === undefined) {
      pump.want(wanted);
      return;
    }
    pump.want(undefined);
    if (state.picture.shown?.picture !== cached) arrive(wanted, cached);
  }

  store.subscribe(
    (state) => {
      const wanted = wantedPicture(state, platform.reducedMotion());
      return wanted && `${wishName(wanted)} ${state.align.phase} ${state.view.order}`;
    },
    () => follow(),
  );
  store.subscribe(
    (state) => state.model.id,
    () => cache.clear(),
  );
  store.subscribe(
    (state) => state.align.phase,
    (phase) => phase === 'forming' && patch(store, 'picture', { failure: undefined }),
  );
  store.subscribe(
    (state) => state.align.phase === 'unpaired',
    (unpaired) => unpaired && patch(store, 'picture', { shown: undefined, failure: undefined }),
  );
}

function canRank(result: AlignResult): boolean {
  return result.rows <= MAX_PIXELS && result.columns <= MAX_PIXELS;
}
