import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { ThemeChoice, WithTheme } from '../state/theme';
import { THEMES } from '../state/theme';

type Needs = WithTheme;

/** index.html also reads this key, to set the theme before the first paint. */
const STORAGE_KEY = 'interlayer.theme';

export function rememberedTheme(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return THEMES.find((theme) => theme === stored) ?? 'system';
  } catch {
    // The browser may block storage; the choice is then lost on reload.
    return 'system';
  }
}

export function chooseTheme(store: Store<Needs>, choice: ThemeChoice): void {
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // As above.
  }
  patch(store, 'theme', { choice });
}

/** Updates `resolved` and the document when the choice or the system setting changes. */
export function followTheme(store: Store<Needs>): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { choice } = store.getState().theme;
    const resolved = choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice;
    document.documentElement.dataset['theme'] = resolved;
    patch(store, 'theme', { resolved });
  };
  dark.addEventListener('change', apply);
  store.subscribe((state) => state.theme.choice, apply);
  apply();
}
