import { isAbort } from '../core/failure';
import { CoalescingFetcher } from '../core/coalescing-fetcher';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { shownHalfStep } from '../derived/half-step';
import type { WithAlign } from '../state/align';
import type { CurvePoint, WithCurves } from '../state/curves';
import type { WithPicture } from '../state/picture';
import type { WithView } from '../state/view';

/** The parts of the state it reads and changes. */
type Needs = WithAlign & WithView & WithPicture & WithCurves;

/** A curve is drawn through about this many points. */
const MAX_POINTS = 48;
/** Each point is a pass over the cost, so that of a large matrix only few are asked for. */
const MAX_CELLS = 2 ** 30;
/** Asked for together, so that a person's own wishes never wait long behind them. */
const BATCH_SIZE = 6;
/** Nothing has moved for this long. */
const IDLE_MS = 220;

/**
 * The half-steps whose plans a curve is drawn through: all of a short solve; of a long one the first few, where most
 * happens, and some at equal distances up to the last. The start is no plan yet: its mass is not 1.
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

/** The point of a half-step, or undefined where it is not known (yet). */
export function pointAt({ align, curves }: WithAlign & WithCurves, halfStep: number) {
  if (curves.key !== align.key) return undefined;
  return curves.points.find((point) => point.halfStep === halfStep);
}

interface PointsRequest {
  readonly key: string;
  readonly halfSteps: readonly number[];
}

/** The next points to ask for: the one under the cursor, then those of the curve. Undefined while there is better to do. */
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

/** Fills the curves of transport cost and plan perplexity in while nothing else is asked of the engine. */
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
        // The picture of a solve that the engine no longer knows brings it back under the same key; curves can be missing.
        failedKey = key;
      }
      rest();
    },
  );

  /** Asks on once everything has been still for a moment. */
  function rest(): void {
    clearTimeout(timer);
    const wanted = requestedPoints(store.getState());
    if (wanted === undefined || wanted.key === failedKey) return;
    timer = setTimeout(() => {
      // What is in flight would be asked for twice; its end comes back here.
      if (fetcher.running === undefined) fetcher.request(requestedPoints(store.getState()));
    }, IDLE_MS);
  }

  store.subscribe(
    ({ align, view, picture }) => [align, view.halfStep, view.tab, picture.shown] as const,
    () => {
      // What a person asks for goes first; a chunk that has not begun waits for the next rest.
      fetcher.request(undefined);
      rest();
    },
    { equalityFn: (a, b) => a.every((value, i) => value === b[i]) },
  );
  store.subscribe(
    (state) => state.align.key,
    () => (failedKey = undefined),
  );
}
