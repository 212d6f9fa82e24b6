import type { CellAddress, MatrixWindow } from '../../../recipe/view';
import { interpolate, clampWindow, panWindow, revealPlace, zoomWindow } from '../../drawing/window';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { matrixSize } from '../derived/subject';
import type { WithAlign } from '../state/align';
import type { WithPicture } from '../state/picture';
import type { WithView } from '../state/view';
import { now } from '../../../now';

type Needs = WithAlign & WithView & WithPicture;

/** Duration of a move made by a button or a key. */
const ANIMATION_MS = 180;

/** A point of the picture: 0 to 1 from the left and from the top. */
export interface RelativePoint {
  readonly x: number;
  readonly y: number;
}

const CENTRE: RelativePoint = { x: 0.5, y: 0.5 };

/** Actions that zoom and pan, that is change the window of the view. */
export function createCamera({ store, platform }: Context<Needs>) {
  let frame: number | undefined;

  function stop(): void {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
  }

  const setWindow = (window: MatrixWindow | null) => {
    if (window !== store.getState().view.window) patch(store, 'view', { window });
  };

  function animateTo(to: MatrixWindow | null): void {
    stop();
    const size = matrixSize(store.getState());
    const from = store.getState().view.window;
    if (size === undefined || platform.reducedMotion()) {
      setWindow(to);
      return;
    }
    const start = now();
    const step = () => {
      const t = Math.min(1, (now() - start) / ANIMATION_MS);
      setWindow(interpolate(from, to, 1 - (1 - t) ** 3, size));
      frame = t < 1 ? requestAnimationFrame(step) : undefined;
    };
    frame = requestAnimationFrame(step);
  }

  return {
    /** Zooms at once, for a wheel or fingers. The point `at` stays where it is. */
    zoom(factor: number, at: RelativePoint): void {
      stop();
      const state = store.getState();
      const size = matrixSize(state);
      if (size) setWindow(zoomWindow(state.view.window, factor, at, size));
    },

    /** Zooms with an animation, for a button or a key. */
    zoomTo(factor: number, at: RelativePoint = CENTRE): void {
      const state = store.getState();
      const size = matrixSize(state);
      if (size) animateTo(zoomWindow(state.view.window, factor, at, size));
    },

    /** Moves the window by fractions of its width and height. */
    pan(by: RelativePoint): void {
      stop();
      const state = store.getState();
      const size = matrixSize(state);
      if (size) setWindow(panWindow(state.view.window, by, size));
    },

    /** Moves the window so that a place is visible. */
    reveal(place: CellAddress): void {
      stop();
      const state = store.getState();
      const size = matrixSize(state);
      if (size) setWindow(revealPlace(state.view.window, place, size));
    },

    /** Shows a part of the matrix; null shows all of it. */
    goTo(window: MatrixWindow | null): void {
      const size = matrixSize(store.getState());
      if (size) animateTo(window && clampWindow(window, size));
    },
  };
}
