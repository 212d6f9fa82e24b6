import type { ControlName } from '../../../recipe/controls';
import type { Store } from '../core/store';
import { hiddenControls } from '../derived/hidden';
import type { WithLesson } from '../state/lesson';
import type { WithView } from '../state/view';

/** Style rules by which controls are not shown. */
const hidingRules = (names: readonly ControlName[]): string =>
  names.map((name) => `[data-control='${name}'] { display: none !important; }`).join('\n');

/**
 * Hides controls and turns to the presenter's view as the store says, from before the first paint. A constructed style sheet
 * also works where a content security policy forbids inline styles. The document's `data-hide` has the names of what is
 * hidden, for rules that give its place to others.
 */
export function followArrangement(store: Store<WithView & WithLesson>): void {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const { dataset } = document.documentElement;
  const apply = () => {
    const state = store.getState();
    const names = hiddenControls(state);
    sheet.replaceSync(hidingRules(names));
    dataset['hide'] = names.join(' ');
    dataset['presenter'] = state.view.presenter ? 'on' : 'off';
  };
  store.subscribe((state) => `${state.view.presenter} ${hiddenControls(state).join()}`, apply);
  apply();
}
