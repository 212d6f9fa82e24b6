import { useEffect } from 'react';
import { useApp } from '../store/use-app';
import { useLesson } from './use-lesson';

/** Where arrow keys and pages have a meaning of their own. A clicker's Page keys go to the lesson even from a picture. */
const OWN_ARROWS =
  'input, select, textarea, dialog[open], [role=tab], [role=application], [role=radio], [contenteditable]';
const OWN_PAGES = 'input:not([type=range], [type=radio], [type=checkbox]), textarea, dialog[open]';

const DIRECTIONS: Readonly<Record<string, 1 | -1>> = {
  PageDown: 1,
  ArrowRight: 1,
  PageUp: -1,
  ArrowLeft: -1,
};

/**
 * In the presenter's view arrow keys and Page keys, which clickers send, lead through the lesson: forward skips a prediction
 * that the class has answered aloud, then presses Show me, then goes to the next step; back goes to the step before.
 */
export function usePresenterKeys(presenter: boolean): void {
  const { store } = useApp();
  const { go, guess } = useLesson();

  useEffect(() => {
    if (!presenter) return undefined;

    function forward(): void {
      const { lesson, view } = store.getState();
      const index = view.step - 1;
      const step = lesson.lesson?.steps[index];
      const record = lesson.records[index];
      if (step === undefined || record === undefined) return;
      if (!record.done && step.predict !== undefined && record.guess === undefined) {
        guess(null);
        return;
      }
      const show = record.done ? null : document.querySelector<HTMLElement>('.lesson .show-me');
      if (show) show.click();
      else go(index + 1);
    }

    function onKey(event: KeyboardEvent): void {
      const direction = DIRECTIONS[event.key];
      if (direction === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const own = event.key.startsWith('Page') ? OWN_PAGES : OWN_ARROWS;
      if (event.target instanceof Element && event.target.closest(own) !== null) return;
      event.preventDefault();
      event.stopPropagation();
      if (direction === 1) forward();
      else go(store.getState().view.step - 2);
    }

    // Before the picture, which has a meaning for Page keys.
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [presenter, store, go, guess]);
}
