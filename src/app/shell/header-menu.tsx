import { MoreIcon } from '../controls/icons';
import { Popover } from '../controls/popover';
import { useApp } from '../store/use-app';
import { HideItems } from './share-menu';
import { ThemeSwitch } from './theme-switch';

/** What a narrow header has no room for. */
export function HeaderMenu() {
  const { store } = useApp();
  return (
    <Popover className="icon-button bordered narrow-only" name="More" label={<MoreIcon />} title="More">
      {(id) => {
        const closing = { type: 'button', popoverTarget: id, popoverTargetAction: 'hide' } as const;
        return (
          <div className="menu">
            <button {...closing} data-control="about" onClick={() => store.setState({ dialog: 'about' })}>
              About
            </button>
            <button {...closing} data-control="keys" onClick={() => store.setState({ dialog: 'help' })}>
              Keyboard shortcuts
            </button>
            <ThemeSwitch inMenu />
            <HideItems menu={id} />
          </div>
        );
      }}
    </Popover>
  );
}
