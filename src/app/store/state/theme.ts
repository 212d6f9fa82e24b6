export const THEMES = ['system', 'light', 'dark'] as const;

export type ThemeChoice = (typeof THEMES)[number];

interface ThemeState {
  readonly choice: ThemeChoice;
  /** The theme in effect now. */
  readonly resolved: 'light' | 'dark';
}

export interface WithTheme {
  readonly theme: ThemeState;
}
