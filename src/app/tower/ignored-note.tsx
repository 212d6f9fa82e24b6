import { useMemo } from 'react';
import { methodOf } from '../../engine/methods';
import type { Recipe } from '../../recipe/schema';
import { type IgnoredSetting, ignoredSettings } from '../store/derived/ignored';
import { useAppState } from '../store/use-app';
import { differenceName } from '../words/differences';

const NAMES: Readonly<Partial<Record<IgnoredSetting, string>>> = {
  zeroInit: 'zero start',
  structured: 'symmetries',
};
const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** True if the panel has a control for the setting. */
function hasControl(setting: IgnoredSetting, { method, gaps }: Recipe): boolean {
  if (setting === 'method' || setting === 'zeroInit') return true;
  if (setting === 'group' && gaps !== 'spread') return false;
  const reads: readonly string[] = methodOf(method).reads;
  return reads.includes(setting);
}

/** The settings of the column that the arms on show ignore. */
export function useIgnored(): readonly IgnoredSetting[] {
  const view = useAppState((state) => state.view);
  const recipe = useAppState((state) => state.recipe);
  const model = useAppState((state) => state.model);
  return useMemo(() => ignoredSettings({ view, recipe, model }), [view, recipe, model]);
}

/** Says which settings of the column the arms on show ignore; nothing where all count. */
export function IgnoredNote() {
  const ignored = useIgnored();
  const recipe = useAppState((state) => state.recipe.current);
  const names = ignored
    .filter((setting) => hasControl(setting, recipe))
    .map((setting) => NAMES[setting] ?? differenceName(setting));
  if (names.length === 0) return null;
  return (
    <p className="hint ignored-note">
      The arms on show set {list.format(names)} themselves: what is chosen here for{' '}
      {names.length === 1 ? 'it' : 'them'} does not count.
    </p>
  );
}
