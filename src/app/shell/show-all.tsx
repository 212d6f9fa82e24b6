import { useApp, useAppState } from '../store/use-app';

/** Says that controls are hidden, and shows them again. Cannot be hidden itself. */
export function ShowAll() {
  const { view } = useApp();
  const count = useAppState((state) => state.view.hide.length);
  if (count === 0) return null;
  return (
    <button
      type="button"
      className="link-button show-all"
      title={`${count} ${count === 1 ? 'control is' : 'controls are'} hidden by the link`}
      onClick={() => view.show({ hide: [] })}
    >
      Show all controls
    </button>
  );
}
