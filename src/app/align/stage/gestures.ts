import type { RelativePoint } from '../../store/align/camera';

/** Handlers of pointer, touch and wheel gestures. A `Spot` is in fractions of the picture's width and height. */
export interface GestureActions {
  /** True if the window is smaller than the matrix, so that it can pan. */
  zoomed(): boolean;
  /** A `factor` above 1 zooms in. Returns false if nothing changed, so that the page may scroll. */
  zoom(factor: number, at: RelativePoint): boolean;
  /** Pans the picture with the pointer. */
  drag(by: RelativePoint): void;
  point(at: RelativePoint): void;
  select(at: RelativePoint): void;
}

/** A press that moves fewer pixels is a click. */
const CLICK_PIXELS = 4;
/** Wheel pixels that double the zoom. */
const WHEEL_PIXELS = 320;
/** The same for a trackpad's pinch, which comes as a wheel with Ctrl in small steps. */
const PINCH_PIXELS = 70;
const LINE_PIXELS = 18;

/** Listens to gestures on an element. Returns a function that removes the listeners. */
export function listenToGestures(element: HTMLElement, actions: GestureActions): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let start: { x: number; y: number } | undefined;
  let moved = false;

  const spotOf = ({ x, y }: { x: number; y: number }): RelativePoint => {
    const box = element.getBoundingClientRect();
    return { x: (x - box.left) / box.width, y: (y - box.top) / box.height };
  };
  const at = (event: MouseEvent) => ({ x: event.clientX, y: event.clientY });

  const pinch = () => {
    const [a, b] = [...pointers.values()];
    if (a === undefined || b === undefined) return undefined;
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
  };

  function onDown(event: PointerEvent): void {
    if (event.button !== 0 || pointers.size >= 2) return;
    pointers.set(event.pointerId, at(event));
    element.setPointerCapture(event.pointerId);
    if (pointers.size === 1) {
      start = at(event);
      moved = false;
    } else moved = true;
  }

  function onMove(event: PointerEvent): void {
    const now = at(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      actions.point(spotOf(now));
      return;
    }
    const pinchBefore = pinch();
    pointers.set(event.pointerId, now);
    const box = element.getBoundingClientRect();
    const drag = (from: typeof now, to: typeof now) =>
      actions.drag({ x: (from.x - to.x) / box.width, y: (from.y - to.y) / box.height });
    const pinchNow = pinch();
    if (pinchBefore && pinchNow) {
      drag(pinchBefore.middle, pinchNow.middle);
      actions.zoom(pinchNow.distance / Math.max(1, pinchBefore.distance), spotOf(pinchNow.middle));
      return;
    }
    if (!moved && start && Math.hypot(now.x - start.x, now.y - start.y) < CLICK_PIXELS) return;
    moved = true;
    if (actions.zoomed()) {
      element.dataset['dragging'] = 'true';
      drag(before, now);
    } else actions.point(spotOf(now));
  }

  function onUp(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size > 0) return;
    delete element.dataset['dragging'];
    if (!moved && event.type === 'pointerup') actions.select(spotOf(at(event)));
  }

  /** True if the wheel should zoom or pan the picture and not scroll the page. */
  function shouldHandle(event: WheelEvent): boolean {
    const { scrollHeight, clientHeight } = document.documentElement;
    const scrolls = scrollHeight > clientHeight + 1;
    return event.ctrlKey || !scrolls || actions.zoomed() || document.activeElement === element;
  }

  function onWheel(event: WheelEvent): void {
    if (!shouldHandle(event)) return;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
    const [x, y] = [event.deltaX * unit, event.deltaY * unit];
    const box = element.getBoundingClientRect();
    if (Math.abs(x) > Math.abs(y) || event.shiftKey) {
      if (!actions.zoomed()) return;
      actions.drag({ x: (event.shiftKey && x === 0 ? y : x) / box.width, y: 0 });
      event.preventDefault();
      return;
    }
    const factor = 2 ** (-y / (event.ctrlKey ? PINCH_PIXELS : WHEEL_PIXELS));
    if (actions.zoom(factor, spotOf(at(event))) || event.ctrlKey) event.preventDefault();
  }

  element.addEventListener('pointerdown', onDown);
  element.addEventListener('pointermove', onMove);
  element.addEventListener('pointerup', onUp);
  element.addEventListener('pointercancel', onUp);
  element.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    element.removeEventListener('pointerdown', onDown);
    element.removeEventListener('pointermove', onMove);
    element.removeEventListener('pointerup', onUp);
    element.removeEventListener('pointercancel', onUp);
    element.removeEventListener('wheel', onWheel);
  };
}
