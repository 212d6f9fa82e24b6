import { Dialog } from '../controls/dialog';
import { useApp, useAppState } from '../store/use-app';
import { SCOPE_TITLES, keyWords, shownShortcuts } from './shortcuts';

const SCOPES = ['page', 'tower', 'picture', 'ribbons', 'map'] as const;

/** List of keys, from the same table that handles them. */
export function Help() {
  const { store } = useApp();
  const shortcuts = shownShortcuts(useAppState((state) => state.view.hide));
  return (
    <Dialog title="Keyboard" onClose={() => store.setState({ dialog: null })}>
      {SCOPES.map((scope) => (
        <section key={scope} className="keys">
          <h3>{SCOPE_TITLES[scope]}</h3>
          <dl>
            {shortcuts
              .filter((shortcut) => shortcut.scope === scope)
              .map(({ keys, words }) => (
                <div key={words}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{keyWords(key)}</kbd>
                    ))}
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
