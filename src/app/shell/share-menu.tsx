import { ChevronIcon } from '../controls/icons';
import { Popover } from '../controls/popover';
import { useApp } from '../store/use-app';

/** Menu of what can be shared besides the link: the page without some controls, or inside another page. */
export function ShareMenu() {
  const { store } = useApp();
  return (
    <Popover
      control="share"
      className="icon-button bordered"
      name="Hide, embed, present"
      label={<ChevronIcon />}
      title="Hide, embed, present"
    >
      {(id) => (
        <div className="menu">
          <button
            type="button"
            popoverTarget={id}
            popoverTargetAction="hide"
            onClick={() => store.setState({ dialog: 'hide' })}
          >
            Hide controls, embed…
            <small>for an exercise, for a course page</small>
          </button>
        </div>
      )}
    </Popover>
  );
}
