import type { ControlName } from '../../../recipe/controls';
import type { Store } from '../core/store';
import type { WithView } from '../state/view';

/** Style rules by which controls are not shown. */
export const hidingRules = (names: readonly ControlName[]): string =>
  names.map((name) => `[data-control='${name}'] { display: none !important; }`).join('\n');

/**
 * Hides controls as the view says, from before the first paint. A constructed style sheet also works where a content security
 * policy forbids inline styles. The document's `data-hide` has their names, for rules that give their place to others.
 */
export function followHiding(store: Store<WithView>): void {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const apply = (names: readonly ControlName[]) => {
    sheet.replaceSync(hidingRules(names));
    document.documentElement.dataset['hide'] = names.join(' ');
  };
  store.subscribe(({ view }) => view.hide, apply);
  apply(store.getState().view.hide);
}
