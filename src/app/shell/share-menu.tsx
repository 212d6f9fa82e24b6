import { ChevronIcon } from '../controls/icons';
import { Popover } from '../controls/popover';
import { useApp } from '../store/use-app';

/** Line of a menu for what can be shared besides the link: the page without some controls, or inside another page. */
export function HideItem({ menu }: { /** Id of the menu's panel. */ readonly menu: string }) {
  const { store } = useApp();
  return (
    <button
      type="button"
      popoverTarget={menu}
      popoverTargetAction="hide"
      onClick={() => store.setState({ dialog: 'hide' })}
    >
      Hide controls, embed…
      <small>for an exercise, for a course page</small>
    </button>
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
          <HideItem menu={id} />
        </div>
      )}
    </Popover>
  );
}
