import type { Picture } from '../../../engine/jobs';
import { isAbort } from '../core/failure';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import type { Context } from '../core/store';
import { lastHalfStep, shownHalfStep } from '../derived/half-step';
import { MAX_PIXELS } from '../derived/requested-picture';
import type { WithAlign } from '../state/align';
import type { RequestedPicture } from '../state/picture';
import type { WithView } from '../state/view';

type Needs = WithAlign & WithView;

/** Prefetching starts after this much time without a change. */
const IDLE_MS = 150;
/** Maximum bytes to prefetch; leaves room in the cache for other pictures. */
const PREFETCH_BYTES = 64 * 2 ** 20;

/** Half-steps 0 to `last` other than `at`, nearest first, at most `count`. */
export function nearestHalfSteps(at: number, last: number, count: number): number[] {
  const around: number[] = [];
  for (let away = 1; away <= last && around.length < count; away++)
    for (const step of [at + away, at - away])
      if (step >= 0 && step <= last && around.length < count) around.push(step);
  return around;
}

/** The cache that prefetched pictures go into. */
interface PictureCache {
  has(wanted: RequestedPicture): boolean;
  keep(wanted: RequestedPicture, picture: Picture): void;
}

/**
 * Prefetches the pictures of half-steps near the one on show, so that the user can scrub without waiting. Starts only
 * after the user has gone back to an earlier half-step.
 *
 * @param wanted returns the request of the picture on show.
 */
export function prefetchHalfSteps(
  { engine, store }: Context<Needs>,
  cache: PictureCache,
  wanted: () => RequestedPicture | undefined,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function nextMissing(): RequestedPicture | undefined {
    const state = store.getState();
    const { align, view } = state;
    const shown = wanted();
    if (view.halfStep === null || align.phase !== 'ready' || align.trial !== undefined) return undefined;
    if (align.subject === undefined || shown?.kind !== 'plan') return undefined;
    const { rows, columns } = align.subject;
    if (rows > MAX_PIXELS || columns > MAX_PIXELS) return undefined;
    const count = Math.floor(PREFETCH_BYTES / (4 * rows * columns));
    return nearestHalfSteps(shownHalfStep(state), lastHalfStep(state), count)
      .map((halfStep) => ({ ...shown, halfStep }))
      .find((picture) => !cache.has(picture));
  }

  const fetcher = new CoalescingFetcher<RequestedPicture, Picture>(
    (picture, signal) => engine.run('picture', { ...picture, maxPixels: MAX_PIXELS }, { signal }),
    (picture, found, error) => {
      if (found !== undefined) cache.keep(picture, found);
      // Errors are shown by the request of the picture on show.
      if (error === undefined || isAbort(error))
        fetcher.request(timer === undefined ? nextMissing() : undefined);
    },
  );

  store.subscribe(
    ({ align, view }) => [align.key, align.phase, align.playing, align.trial, view] as const,
    () => {
      clearTimeout(timer);
      fetcher.request(undefined);
      timer = setTimeout(() => {
        timer = undefined;
        if (fetcher.running === undefined) fetcher.request(nextMissing());
      }, IDLE_MS);
    },
    { equalityFn: (a, b) => a.every((value, i) => value === b[i]) },
  );
}
