import { CloseIcon } from '../controls/icons';

/** Closes a notice. */
export function DismissButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label="Dismiss" onClick={onClick}>
      <CloseIcon />
    </button>
  );
}
