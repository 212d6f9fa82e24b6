import { CloseIcon } from '../controls/icons';
import { useLesson } from './use-lesson';
import { useWords } from './use-words';

/** Ends the lesson or tour; the person's own state comes back. */
export function LeaveButton() {
  const { leave } = useLesson();
  const { panel } = useWords();
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={panel.leave}
      title={panel.leaveTitle}
      onClick={() => void leave()}
    >
      <CloseIcon />
    </button>
  );
}
