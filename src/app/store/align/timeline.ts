import type { Context } from '../core/store';
import { patch } from '../core/store';
import { lastHalfStep, shownHalfStep } from '../derived/half-step';
import type { WithAlign } from '../state/align';
import type { WithPicture } from '../state/picture';
import type { WithRibbons } from '../state/ribbons';
import type { WithView } from '../state/view';

type Needs = WithAlign & WithView & WithPicture & WithRibbons;

/** Time per half-step at playback speed 1. */
const FRAME_MS = 70;
/** Interval of checks for a picture that has not arrived. */
const RETRY_MS = 12;
/** If the first solve was quicker than this, nobody could see it, so it is played once. */
const QUICK_SOLVE_MS = 1500;

/**
 * The next half-step in playback. The stride grows with the half-step: Sinkhorn changes most in the first few, which are
 * shown one by one; the long rest takes about fifty pictures.
 */
export function nextHalfStep(halfStep: number): number {
  return halfStep + Math.max(1, Math.floor(halfStep / 12));
}

function pictureArrived({ picture: { shown, failure } }: Needs, at: number): boolean {
  return shown?.request.kind !== 'plan' || shown.request.halfStep === at || failure !== undefined;
}

function ribbonsArrived({ view, ribbons: { shown, failure } }: Needs, at: number): boolean {
  return !view.ribbons || shown === undefined || shown.request.halfStep === at || failure !== undefined;
}

/** Playback of the half-steps of a solve. */
export function createTimeline({ store, platform }: Context<Needs>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let playedOnce = false;

  const last = () => lastHalfStep(store.getState());

  function pause(): void {
    clearTimeout(timer);
    patch(store, 'align', { playing: false });
  }

  /** Shows a half-step. The last one is stored as null (“the last”), so that it remains the last after another solve. */
  function show(halfStep: number): void {
    const { phase } = store.getState().align;
    const clamped = Math.max(0, Math.min(halfStep, last()));
    const atEnd = phase === 'ready' && clamped === last();
    patch(store, 'view', { halfStep: atEnd ? null : clamped });
  }

  function showNextFrame(): void {
    const state = store.getState();
    if (!state.align.playing) return;
    const at = shownHalfStep(state);
    const arrived = pictureArrived(state, at) && ribbonsArrived(state, at);
    if (arrived) {
      if (at >= last()) {
        pause();
        return;
      }
      show(nextHalfStep(at));
    }
    timer = setTimeout(showNextFrame, arrived ? FRAME_MS / state.view.speed : RETRY_MS);
  }

  function play(): void {
    const state = store.getState();
    if (last() === 0) return;
    if (state.align.phase === 'forming') {
      // During a solve, playing means following it live.
      patch(store, 'view', { halfStep: null });
      return;
    }
    if (state.view.picture !== 'plan' && !state.view.ribbons) patch(store, 'view', { picture: 'plan' });
    if (shownHalfStep(state) >= last()) show(0);
    patch(store, 'align', { playing: true });
    clearTimeout(timer);
    timer = setTimeout(showNextFrame, FRAME_MS);
  }

  store.subscribe(
    (state) => state.align.phase,
    (phase) => {
      if (phase !== 'ready') {
        clearTimeout(timer);
        return;
      }
      const { align, view } = store.getState();
      const quick = (align.result?.milliseconds ?? 0) < QUICK_SOLVE_MS;
      const watching = view.halfStep === null && view.picture === 'plan' && align.result?.plan === 'entropic';
      if (!playedOnce && quick && watching && !platform.reducedMotion()) play();
      playedOnce = true;
    },
  );

  return {
    play,
    pause(): void {
      const state = store.getState();
      pause();
      // During a solve, pausing freezes the picture; the solve continues.
      if (state.align.phase === 'forming') show(shownHalfStep(state));
    },
    toggle(): void {
      const { align, view } = store.getState();
      const live = align.phase === 'forming' && view.halfStep === null;
      if (align.playing || live) this.pause();
      else play();
    },
    scrub(halfStep: number): void {
      pause();
      show(halfStep);
    },
    step(by: number): void {
      pause();
      show(shownHalfStep(store.getState()) + by);
    },
    toStart(): void {
      pause();
      show(0);
    },
    toEnd(): void {
      pause();
      patch(store, 'view', { halfStep: null });
    },
  };
}
