import type { AppStore } from './context';
import { patch } from './context';

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

export interface ThemeState {
  readonly choice: ThemeChoice;
  /** What the choice comes to now. */
  readonly resolved: 'light' | 'dark';
}

/** Also read by the line in index.html that sets the theme before the first paint. */
const STORAGE_KEY = 'interlayer.theme';

export function rememberedTheme(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return THEMES.find((theme) => theme === stored) ?? 'system';
  } catch {
    // Storage can be refused; the theme is then only not remembered.
    return 'system';
  }
}

export function chooseTheme(store: AppStore, choice: ThemeChoice): void {
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // As above.
  }
  patch(store, 'theme', { choice });
}

/** Keeps `resolved` and the document in step with the choice and the system's own setting. */
export function followTheme(store: AppStore): void {
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
