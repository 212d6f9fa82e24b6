import type { PointerEvent as ReactPointerEvent, RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';

/** A mouse must move this many pixels to start a drag; less is a click. */
const DRAG_THRESHOLD = 5;
/** A finger must rest this long to start a drag; moving earlier scrolls. */
const LONG_PRESS_MS = 320;

/** A new block that is being dragged to another gap. */
export interface BlockDrag {
  readonly gap: number;
  /** Empty gap that a drop would fill; undefined if its own gap is nearest. */
  readonly target: number | undefined;
}

interface Session {
  readonly gap: number;
  readonly item: HTMLElement;
  readonly pointer: number;
  readonly touch: boolean;
  readonly x: number;
  readonly y: number;
  /** Middle of the block before the drag. */
  readonly origin: readonly [number, number];
  timer?: ReturnType<typeof setTimeout>;
  started: boolean;
  target: number | undefined;
}

const middle = (box: DOMRect): [number, number] => [box.left + box.width / 2, box.top + box.height / 2];

/** Empty gap nearest to a point along the tower. Undefined if the block's own place is nearer. */
function nearestSlot(list: HTMLElement, { origin }: Session, x: number, y: number): HTMLElement | undefined {
  const upright = list.clientHeight > list.clientWidth;
  const away = ([ax, ay]: readonly [number, number]) => Math.abs(upright ? ay - y : ax - x);
  let best = away(origin);
  let found: HTMLElement | undefined;
  for (const slot of list.querySelectorAll<HTMLElement>('.gap [data-gap]')) {
    const distance = away(middle(slot.getBoundingClientRect()));
    if (distance < best) [best, found] = [distance, slot];
  }
  return found;
}

function beginDrag(session: Session): BlockDrag {
  session.started = true;
  session.item.dataset['dragged'] = 'true';
  return { gap: session.gap, target: undefined };
}

/**
 * Drags new blocks to empty gaps by mouse, pen or (after a long press) finger. Escape cancels. The block follows the pointer
 * outside React; only a new target renders.
 *
 * @param list the element with the slots.
 * @param onDrop called with the block's gap and the empty one it was dropped into.
 */
export function useBlockDrag(
  list: RefObject<HTMLElement | null>,
  onDrop: (from: number, to: number) => void,
): { drag: BlockDrag | undefined; start: (event: ReactPointerEvent, gap: number) => void } {
  const [drag, setDrag] = useState<BlockDrag>();
  const session = useRef<Session>(undefined);
  const drop = useRef(onDrop);
  useEffect(() => {
    drop.current = onDrop;
  });

  useEffect(() => {
    const element = list.current;

    function end(dropped: boolean): void {
      const current = session.current;
      if (current === undefined) return;
      session.current = undefined;
      clearTimeout(current.timer);
      delete current.item.dataset['dragged'];
      current.item.style.translate = '';
      if (!current.started) return;
      setDrag(undefined);
      // Stops the click event that ends a drag.
      const stopClick = (event: Event) => {
        event.stopPropagation();
        event.preventDefault();
      };
      addEventListener('click', stopClick, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', stopClick, { capture: true }), 0);
      if (dropped && current.target !== undefined) drop.current(current.gap, current.target);
    }

    function move(event: PointerEvent): void {
      const current = session.current;
      if (current === undefined || event.pointerId !== current.pointer || element === null) return;
      const [dx, dy] = [event.clientX - current.x, event.clientY - current.y];
      if (!current.started) {
        if (Math.hypot(dx, dy) < DRAG_THRESHOLD) return;
        if (current.touch) {
          end(false);
          return;
        }
        setDrag(beginDrag(current));
      }
      current.item.style.translate = `${dx}px ${dy}px`;
      const slot = nearestSlot(element, current, event.clientX, event.clientY);
      const target = slot && Number(slot.dataset['gap']);
      if (target === current.target) return;
      current.target = target;
      setDrag({ gap: current.gap, target });
      slot?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }

    const up = (event: PointerEvent) => event.pointerId === session.current?.pointer && end(true);
    const cancel = (event: PointerEvent) => event.pointerId === session.current?.pointer && end(false);
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !session.current?.started) return;
      event.preventDefault();
      end(false);
    };
    // Stops scrolling and the context menu while a finger drags.
    const preventTouchDefaults = (event: Event) => {
      if (session.current?.started === true) event.preventDefault();
    };

    element?.addEventListener('touchmove', preventTouchDefaults, { passive: false });
    element?.addEventListener('contextmenu', preventTouchDefaults);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', cancel);
    addEventListener('keydown', key, { capture: true });
    return () => {
      end(false);
      element?.removeEventListener('touchmove', preventTouchDefaults);
      element?.removeEventListener('contextmenu', preventTouchDefaults);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', cancel);
      removeEventListener('keydown', key, { capture: true });
    };
  }, [list]);

  function start(event: ReactPointerEvent, gap: number): void {
    const item = (event.currentTarget as HTMLElement).closest('li');
    if (item === null || event.button !== 0 || !event.isPrimary) return;
    const current: Session = {
      gap,
      item,
      pointer: event.pointerId,
      touch: event.pointerType === 'touch',
      x: event.clientX,
      y: event.clientY,
      origin: middle(item.getBoundingClientRect()),
      started: false,
      target: undefined,
    };
    session.current = current;
    if (current.touch) current.timer = setTimeout(() => setDrag(beginDrag(current)), LONG_PRESS_MS);
  }

  return { drag, start };
}
