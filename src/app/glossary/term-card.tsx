import { type FocusEvent, Suspense, lazy, useEffect, useRef } from 'react';
import type { TermId } from '../../lessons/glossary/terms';
import { placeBelow } from '../drawing/place-below';

// Loaded on demand, because the first picture does not need it.
const Entry = lazy(async () => ({ default: (await import('./entry')).Entry }));

interface TermCardProps {
  readonly id: TermId;
  /** Id of the card's element; that of the meaning in it ends in `-meaning`. */
  readonly card: string;
  readonly anchor: HTMLElement;
  readonly onEnter: () => void;
  readonly onLeave: () => void;
  readonly onBlur: (event: FocusEvent) => void;
  readonly onClose: () => void;
}

/** The card of an entry, beside its word while mounted. Escape and a press outside close it. */
export function TermCard({ id, card, anchor, onEnter, onLeave, onBlur, onClose }: TermCardProps) {
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    // With its source the browser also puts the card next to the word in the order of the Tab key.
    if (!element.matches(':popover-open')) element.showPopover({ source: anchor });
    const follow = () => placeBelow(anchor, element);
    // The card grows when its words have come.
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    addEventListener('scroll', follow, { capture: true, passive: true });
    addEventListener('resize', follow);
    return () => {
      observer.disconnect();
      removeEventListener('scroll', follow, { capture: true });
      removeEventListener('resize', follow);
    };
  }, [anchor]);

  return (
    // The handlers keep the card open while the pointer or the focus is on it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={ref}
      id={card}
      popover="auto"
      role="dialog"
      aria-labelledby={`${card}-term`}
      className="popover term-card"
      onToggle={({ newState }) => newState === 'closed' && onClose()}
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
      onFocus={onEnter}
      onBlur={onBlur}
    >
      <Suspense fallback={<p id={`${card}-term`}>…</p>}>
        <Entry id={id} card={card} onLesson={onClose} />
      </Suspense>
    </div>
  );
}
