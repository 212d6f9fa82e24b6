import { CONTROL_GROUPS, CONTROLS, type ControlGroup, type ControlName } from '../../recipe/controls';
import { CopyButton } from '../controls/copy-button';
import { Dialog } from '../controls/dialog';
import { useApp, useAppState } from '../store/use-app';
import { CONTROL_WORDS, GROUP_WORDS } from './control-words';
import { embedLine, pageUrl } from './page-url';
import '../styles/hide.css';

const GROUPS = Object.entries(CONTROL_GROUPS) as [ControlGroup, readonly ControlName[]][];

/** Dialog that hides controls, and copies the link or the line of HTML that shows the page without them. */
export function HideDialog() {
  const app = useApp();
  const hidden = useAppState((state) => state.view.hide);

  function set(names: readonly ControlName[], hide: boolean): void {
    const wanted = (name: ControlName) => (names.includes(name) ? hide : hidden.includes(name));
    app.view.show({ hide: CONTROLS.filter(wanted) });
  }

  return (
    <Dialog title="Hide controls" wide onClose={() => app.store.setState({ dialog: null })}>
      <p className="hint">
        What is ticked is not shown, and the link keeps it: a page with only what an exercise needs. Whoever
        opens the link can show all again.
      </p>
      <div className="hide-groups">
        {GROUPS.map(([group, names]) => {
          const all = names.every((name) => hidden.includes(name));
          return (
            <fieldset key={group}>
              <legend>{GROUP_WORDS[group]}</legend>
              <button
                type="button"
                className="link-button"
                aria-label={`${all ? 'Show' : 'Hide'} all of ${GROUP_WORDS[group]}`}
                onClick={() => set(names, !all)}
              >
                {all ? 'none' : 'all'}
              </button>
              {names.map((name) => (
                <label key={name}>
                  <input
                    type="checkbox"
                    checked={hidden.includes(name)}
                    onChange={({ target }) => set([name], target.checked)}
                  />
                  {CONTROL_WORDS[name]}
                </label>
              ))}
            </fieldset>
          );
        })}
      </div>
      <div className="row wrap hide-actions">
        <CopyButton label="Copy link" text={() => pageUrl(app)} />
        <CopyButton
          label="Copy line to embed"
          title="HTML that shows the page, without its header, inside a course page or a notebook"
          text={() => embedLine(app)}
        />
        {hidden.length > 0 && (
          <button type="button" className="button" onClick={() => app.view.show({ hide: [] })}>
            Show all again
          </button>
        )}
      </div>
    </Dialog>
  );
}
