import type { CellAddress, PlaceWindow } from '../../../recipe/view';
import { interpolateWindow, clampWindow, panWindow, revealInWindow, zoomWindow } from '../../drawing/window';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { matrixSize } from '../derived/subject';
import type { WithAlign } from '../state/align';
import type { WithPicture } from '../state/picture';
import type { WithView } from '../state/view';

/** The parts of the state it reads and changes. */
type Needs = WithAlign & WithView & WithPicture;

/** Length of a move that a button or a key makes. */
const ANIMATION_MS = 180;

/** Where on the picture something is, 0 to 1 from the left and from the top. */
export interface RelativePoint {
  readonly x: number;
  readonly y: number;
}

const CENTRE: RelativePoint = { x: 0.5, y: 0.5 };

/** Zooming and panning: what of the matrix is in sight. */
export function createCamera({ store, platform }: Context<Needs>) {
  let frame: number | undefined;

  function stop(): void {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
  }

  const setWindow = (window: PlaceWindow | null) => {
    if (window !== store.getState().view.window) patch(store, 'view', { window });
  };

  function animateTo(to: PlaceWindow | null): void {
    stop();
    const size = matrixSize(store.getState());
    const from = store.getState().view.window;
    if (size === undefined || platform.reducedMotion()) {
      setWindow(to);
      return;
    }
    const start = performance.now();
    const step = (now: number) => {
      const t = Math.max(0, Math.min(1, (now - start) / ANIMATION_MS));
      setWindow(interpolateWindow(from, to, 1 - (1 - t) ** 3, size));
      frame = t < 1 ? requestAnimationFrame(step) : undefined;
    };
    frame = requestAnimationFrame(step);
  }

  return {
    /** Zooms at once, for a wheel or fingers; what is at `at` stays there. */
    zoom(factor: number, at: RelativePoint): void {
      stop();
      const state = store.getState();
      const size = matrixSize(state);
      if (size) setWindow(zoomWindow(state.view.window, factor, at, size));
    },

    /** Zooms smoothly, for a button or a key. */
    zoomTo(factor: number, at: RelativePoint = CENTRE): void {
      const state = store.getState();
      const size = matrixSize(state);
      if (size) animateTo(zoomWindow(state.view.window, factor, at, size));
    },

    /** Moves what is in sight by parts of its width and height. */
    pan(by: RelativePoint): void {
      stop();
      const state = store.getState();
      const size = matrixSize(state);
      if (size) setWindow(panWindow(state.view.window, by, size));
    },

    /** Brings a place into sight. */
    reveal(place: CellAddress): void {
      stop();
      const state = store.getState();
      const size = matrixSize(state);
      if (size) setWindow(revealInWindow(state.view.window, place, size));
    },

    /** Shows a part of the matrix, or with null all of it. */
    goTo(window: PlaceWindow | null): void {
      const size = matrixSize(store.getState());
      if (size) animateTo(window && clampWindow(window, size));
    },
  };
}
