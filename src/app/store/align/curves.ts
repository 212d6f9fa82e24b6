import { isAbort } from '../core/failure';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownHalfStep } from '../derived/half-step';
import type { WithAlign } from '../state/align';
import type { CurvePoint, WithCurves } from '../state/curves';
import type { WithPicture } from '../state/picture';
import type { WithView } from '../state/view';

type Needs = WithAlign & WithView & WithPicture & WithCurves;

/** Maximum points of a curve. */
const MAX_POINTS = 48;
/** Maximum cells read for a curve: each point is a pass over the cost, so a large matrix gets fewer points. */
const MAX_CELLS = 2 ** 30;
/** Points per request; few, so that requests of the user do not wait long. */
const BATCH_SIZE = 6;
/** Points are requested after this much time without a change. */
const IDLE_MS = 220;

/**
 * The half-steps whose plans give the points of a curve. A short solve has all; a long one has the first few, where most
 * changes, and equally spaced ones up to the last. Half-step 0 is left out because its mass is not 1.
 */
export function curveHalfSteps(last: number, rows: number, columns: number): number[] {
  const count = Math.max(8, Math.min(MAX_POINTS, Math.floor(MAX_CELLS / (rows * columns))));
  if (last <= count) return Array.from({ length: last }, (_, i) => i + 1);
  const early = Math.floor(count / 4);
  const rest = count - early;
  const far = last - early - 1;
  const steps = Array.from({ length: rest }, (_, i) => Math.round(early + 1 + (far * i) / (rest - 1)));
  return [...Array.from({ length: early }, (_, i) => i + 1), ...steps];
}

/** The point of a half-step; undefined if it is not known (yet). */
export function pointAt({ align, curves }: WithAlign & WithCurves, halfStep: number) {
  if (curves.key !== align.key) return undefined;
  return curves.points.find((point) => point.halfStep === halfStep);
}

interface PointsRequest {
  readonly key: string;
  readonly halfSteps: readonly number[];
}

/** The next points to request: first the half-step on show, then the curve. Undefined if none is missing or it is too early. */
function requestedPoints(state: Needs): PointsRequest | undefined {
  const { align, view, curves } = state;
  const { result, key } = align;
  if (align.phase !== 'ready' || result?.plan !== 'entropic' || key === undefined) return undefined;
  if (view.tab !== 'align' || align.playing || align.trial !== undefined) return undefined;
  const known = new Set(curves.key === key ? curves.points.map(({ halfStep }) => halfStep) : []);
  const { halfSteps, rows, columns } = result;
  const wanted = [shownHalfStep(state), ...curveHalfSteps(halfSteps, rows, columns)];
  const missing = [...new Set(wanted)].filter((step) => step > 0 && !known.has(step));
  return missing.length === 0 ? undefined : { key, halfSteps: missing.slice(0, BATCH_SIZE) };
}

/** Fetches the curves of transport cost and plan perplexity in the background, while the user is idle. */
export function createCurves({ engine, store }: Context<Needs>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failedKey: string | undefined;

  const fetcher = new CoalescingFetcher<PointsRequest, readonly CurvePoint[]>(
    async ({ key, halfSteps }, signal) => {
      const curve = await engine.run('curve', { key, halfSteps }, { signal });
      return halfSteps.map((halfStep, i) => ({
        halfStep,
        transportCost: curve.transportCost[i] ?? Number.NaN,
        planPerplexity: curve.planPerplexity[i] ?? Number.NaN,
      }));
    },
    ({ key }, points, error) => {
      if (points !== undefined && key === store.getState().align.key) {
        patch(store, 'curves', (before) => ({
          key,
          points: [...(before.key === key ? before.points : []), ...points].toSorted(
            (a, b) => a.halfStep - b.halfStep,
          ),
        }));
      } else if (error !== undefined && !isAbort(error)) {
        // The engine may have lost this solve. The picture request solves it again; the curves stay incomplete.
        failedKey = key;
      }
      scheduleNext();
    },
  );

  /** Requests the next points after an idle period. */
  function scheduleNext(): void {
    clearTimeout(timer);
    const wanted = requestedPoints(store.getState());
    if (wanted === undefined || wanted.key === failedKey) return;
    timer = setTimeout(() => {
      // A request in flight calls this function again when it ends.
      if (fetcher.running === undefined) fetcher.request(requestedPoints(store.getState()));
    }, IDLE_MS);
  }

  store.subscribe(
    ({ align, view, picture }) => [align, view.halfStep, view.tab, picture.shown] as const,
    () => {
      // Requests of the user go first: drop the pending batch until the next idle period.
      fetcher.request(undefined);
      scheduleNext();
    },
    { equalityFn: (a, b) => a.every((value, i) => value === b[i]) },
  );
  store.subscribe(
    (state) => state.align.key,
    () => (failedKey = undefined),
  );
}
