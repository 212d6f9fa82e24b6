import { MoonIcon, SunIcon, SystemIcon } from '../controls/icons';
import { chooseTheme } from '../store/session/theme';
import { THEMES } from '../store/state/theme';
import { useApp, useAppState } from '../store/use-app';

const LOOK = {
  system: { icon: SystemIcon, words: 'as the system' },
  light: { icon: SunIcon, words: 'light' },
  dark: { icon: MoonIcon, words: 'dark' },
} as const;

/** Button that cycles through the themes: system, light, dark. In a menu it is a line with words. */
export function ThemeSwitch({ inMenu = false }: { readonly inMenu?: boolean }) {
  const { store } = useApp();
  const choice = useAppState((state) => state.theme.choice);
  const next = THEMES[(THEMES.indexOf(choice) + 1) % THEMES.length] ?? 'system';
  const { icon: Icon, words } = LOOK[choice];
  return (
    <button
      type="button"
      className={inMenu ? undefined : 'icon-button bordered'}
      data-control="theme"
      aria-label={`Theme: ${words}`}
      title={`Theme: ${words}. Next: ${LOOK[next].words}`}
      onClick={() => chooseTheme(store, next)}
    >
      {inMenu ? (
        <>
          Theme
          <small>{words}</small>
        </>
      ) : (
        <Icon />
      )}
    </button>
  );
}
