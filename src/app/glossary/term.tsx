/*
 * Room `glossary`: words of the page with their entries of the glossary, as cards that open at the word. Imports `words` and the store.
 */

import { type FocusEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { TermId } from '../../lessons/glossary/terms';
import { TermCard } from './term-card';
import '../styles/glossary.css';

/** Milliseconds that the pointer or the focus rests on a word before its card opens, and that it may be away before the card closes. */
const SHOW_MS = 350;
const HIDE_MS = 200;

interface CardButtonProps {
  readonly id: TermId;
  readonly className: string;
  /** Accessible name, if the content is not enough. */
  readonly name?: string;
  readonly children: ReactNode;
}

/** A button that shows an entry: when the pointer or the keyboard's focus rests on it, or when it is pressed, and then until dismissed. */
function CardButton({ id, className, name, children }: CardButtonProps) {
  const card = useId();
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [state, setState] = useState<'closed' | 'open' | 'kept'>('closed');
  useEffect(() => () => clearTimeout(timer.current), []);

  function change(to: 'closed' | 'open' | 'kept', after = 0): void {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState((now) => (now === 'kept' && to === 'open' ? now : to)), after);
  }
  function leave(): void {
    if (state !== 'kept') change('closed', HIDE_MS);
  }
  function blur({ relatedTarget }: FocusEvent): void {
    const inside = relatedTarget instanceof Element && relatedTarget.closest('.term-card') !== null;
    if (!inside && relatedTarget !== button) change('closed');
  }

  return (
    <>
      <button
        ref={setButton}
        type="button"
        className={className}
        aria-label={name}
        aria-haspopup="dialog"
        aria-expanded={state !== 'closed'}
        aria-describedby={state === 'closed' ? undefined : `${card}-meaning`}
        // With the card as target, pressing the button does not count as pressing outside of it.
        popoverTarget={card}
        popoverTargetAction="show"
        onPointerEnter={({ pointerType }) => pointerType === 'mouse' && change('open', SHOW_MS)}
        onPointerLeave={leave}
        onFocus={({ currentTarget }) => currentTarget.matches(':focus-visible') && change('open', SHOW_MS)}
        onBlur={blur}
        onClick={() => change(state === 'kept' ? 'closed' : 'kept')}
      >
        {children}
      </button>
      {state !== 'closed' &&
        button !== null &&
        createPortal(
          <TermCard
            id={id}
            card={card}
            anchor={button}
            onEnter={() => clearTimeout(timer.current)}
            onLeave={leave}
            onBlur={blur}
            onClose={() => setState('closed')}
          />,
          // Outside of an open dialog nothing can be pressed.
          button.closest('dialog') ?? document.body,
        )}
    </>
  );
}

interface TermProps {
  readonly id: TermId;
  /** Punctuation that follows the word. A line must not break before it, as it would after a button. */
  readonly after?: string;
  readonly children: ReactNode;
}

/** A word in a text, underlined with dots, that shows its entry. */
export function Term({ id, after, children }: TermProps) {
  const word = (
    <CardButton id={id} className="term">
      {children}
    </CardButton>
  );
  if (!after) return word;
  return (
    <span className="term-and">
      {word}
      {after}
    </span>
  );
}

/** A small mark beside a label, button or list that cannot hold a `Term` itself. It shows the entry. */
export function TermMark({ id }: { readonly id: TermId }) {
  return (
    <CardButton id={id} className="term-mark" name={`Meaning of ${id.replaceAll('-', ' ')}`}>
      ?
    </CardButton>
  );
}
