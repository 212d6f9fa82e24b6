import { useEffect, useLayoutEffect, useRef } from 'react';
import { useAppState } from '../store/use-app';
import { LeaveButton } from './leave-button';
import { StepButtons } from './step-buttons';
import { StepView } from './step-view';
import { useLesson } from './use-lesson';
import { usePointed } from './use-pointed';
import { useWords } from './use-words';

const GAP = 12;
const MARGIN = 10;

/** Places a card beside what it points at, on the side with the most room, inside the window. */
function place(card: HTMLElement, target: HTMLElement | undefined): void {
  const { offsetWidth: width, offsetHeight: height } = card;
  const box = target?.getBoundingClientRect() ?? new DOMRect(innerWidth / 2, innerHeight / 2, 0, 0);
  const room = {
    below: innerHeight - box.bottom - height,
    above: box.top - height,
    right: innerWidth - box.right - width,
    left: box.left - width,
  };
  const [side] = Object.entries(room).reduce((best, each) => (each[1] > best[1] ? each : best));
  const beside = side === 'left' || side === 'right';
  const left = side === 'right' ? box.right + GAP : side === 'left' ? box.left - width - GAP : box.left;
  const top = side === 'below' ? box.bottom + GAP : side === 'above' ? box.top - height - GAP : box.top;
  const inside = (value: number, size: number, all: number) =>
    Math.max(MARGIN, Math.min(value, all - size - MARGIN));
  card.style.left = `${inside(left, width, innerWidth)}px`;
  card.style.top = `${inside(beside ? box.top : top, height, innerHeight)}px`;
}

/** A step of the tour, as a card beside what it points at. Escape ends the tour. */
export function TourCard() {
  const { leave } = useLesson();
  const { panel } = useWords();
  const lesson = useAppState((state) => state.lesson.lesson);
  const records = useAppState((state) => state.lesson.records);
  const index = useAppState(({ view }) => view.step - 1);
  const card = useRef<HTMLDivElement>(null);
  const step = lesson?.steps[index];
  const record = records[index];
  const target = usePointed(step?.point);

  useLayoutEffect(() => {
    const move = () => card.current && place(card.current, target);
    move();
    const sizes = new ResizeObserver(move);
    if (card.current) sizes.observe(card.current);
    if (target) sizes.observe(target);
    addEventListener('resize', move);
    addEventListener('scroll', move, true);
    return () => {
      sizes.disconnect();
      removeEventListener('resize', move);
      removeEventListener('scroll', move, true);
    };
  }, [target]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.querySelector('dialog[open], :popover-open')) return;
      event.preventDefault();
      void leave();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [leave]);

  if (lesson === undefined || step === undefined || record === undefined) return null;
  return (
    <div ref={card} className="tour-card" role="dialog" lang={lesson.language} aria-label={lesson.title}>
      <div className="row spread">
        <p className="kicker">{panel.step(index + 1, lesson.steps.length)}</p>
        <LeaveButton />
      </div>
      <StepView key={index} step={step} record={record} />
      <StepButtons />
    </div>
  );
}
