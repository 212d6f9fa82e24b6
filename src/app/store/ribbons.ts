import type { JobFailure, Jobs, Strongest } from '../../engine/jobs';
import type { Subject } from './align';
import { shownHalfStep } from './align';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import { Lru } from './lru';
import { Pump } from './pump';
import type { AppState } from './state';

type StrongestRequest = Jobs['strongest']['args'];

export interface ShownRibbons {
  readonly strongest: Strongest;
  readonly subject: Subject;
  readonly asked: StrongestRequest;
}

export interface RibbonsState {
  /** The last pairs that arrived, of the alignment on show or, until that has some, of the one before. */
  readonly shown?: ShownRibbons | undefined;
  readonly failure?: JobFailure | undefined;
}

export const INITIAL_RIBBONS: RibbonsState = {};

/** Pairs kept, over all half-steps that were seen. */
const KEPT_PAIRS = 2 ** 18;

/** The pairs that should be on screen, if the engine can find them yet. */
function wantedPairs(state: AppState, reducedMotion: boolean): StrongestRequest | undefined {
  const { align, view } = state;
  if (!view.ribbons || view.tab !== 'align' || align.key === undefined) return undefined;
  const ready = align.phase === 'ready';
  const request = { key: align.key, count: view.pairs };
  if (align.subject?.plan !== 'entropic') return ready ? request : undefined;
  if (!ready && reducedMotion && view.halfStep === null) return undefined;
  return { ...request, halfStep: shownHalfStep(state) };
}

const nameOf = ({ key, count, halfStep }: StrongestRequest) => `${key} ${count} ${halfStep ?? ''}`;

/** Keeps the strongest pairs in step with the alignment and the half-step, while they are on show. */
export function createRibbons({ engine, store, platform }: Context) {
  const cache = new Lru<Strongest>(KEPT_PAIRS);
  const wanted = () => wantedPairs(store.getState(), platform.reducedMotion());

  const pump = new Pump<StrongestRequest, Strongest>(
    (request, signal) => engine.run('strongest', request, { signal }),
    (request, strongest, error) => {
      if (strongest !== undefined) {
        cache.set(nameOf(request), strongest, strongest.values.length);
        arrive(request, strongest);
      } else if (request.key === store.getState().align.key && !isAbort(error)) {
        patch(store, 'ribbons', { failure: toFailure(error) });
        return;
      }
      follow();
    },
  );

  function arrive(asked: StrongestRequest, strongest: Strongest): void {
    const { subject, key } = store.getState().align;
    if (subject === undefined || key !== asked.key) return;
    patch(store, 'ribbons', { shown: { strongest, subject, asked }, failure: undefined });
  }

  function follow(): void {
    const request = wanted();
    const cached = request && cache.get(nameOf(request));
    pump.want(cached === undefined ? request : undefined);
    if (request && cached && store.getState().ribbons.shown?.strongest !== cached) arrive(request, cached);
  }

  store.subscribe(
    (state) => {
      const request = wantedPairs(state, platform.reducedMotion());
      return request && nameOf(request);
    },
    () => {
      patch(store, 'ribbons', { failure: undefined });
      follow();
    },
  );
  store.subscribe(
    (state) => state.model.id,
    () => cache.clear(),
  );
}
