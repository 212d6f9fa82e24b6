import { ChevronIcon } from '../controls/icons';
import { Popover } from '../controls/popover';
import { useApp } from '../store/use-app';

/** Lines of a menu for what can be done besides sharing the link: hide controls, show the page inside another, present. */
export function HideItems({ menu }: { /** Id of the menu's panel. */ readonly menu: string }) {
  const { store, view } = useApp();
  return (
    <>
      <button
        type="button"
        popoverTarget={menu}
        popoverTargetAction="hide"
        onClick={() => store.setState({ dialog: 'hide' })}
      >
        Hide controls, embed…
        <small>for an exercise, for a course page</small>
      </button>
      <button
        type="button"
        popoverTarget={menu}
        popoverTargetAction="hide"
        onClick={() => view.show({ presenter: true })}
      >
        Presenter’s view
        <small>for a projector</small>
      </button>
    </>
  );
}

/** Menu beside the button that shares. */
export function ShareMenu() {
  return (
    <Popover
      control="share"
      className="icon-button bordered wide-only"
      name="Hide, embed, present"
      label={<ChevronIcon />}
      title="Hide, embed, present"
    >
      {(id) => (
        <div className="menu">
          <HideItems menu={id} />
        </div>
      )}
    </Popover>
  );
}
