import { describe, expect, it } from 'vitest';
import { SHORTCUTS, shownShortcuts } from './shortcuts';

describe('the shortcut table', () => {
  it('gives a key one meaning within its scope, and page keys an action', () => {
    for (const scope of ['page', 'tower', 'picture', 'ribbons']) {
      const keys = SHORTCUTS.filter((shortcut) => shortcut.scope === scope).flatMap(
        (shortcut) => shortcut.keys,
      );
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(SHORTCUTS.every((shortcut) => (shortcut.scope === 'page') === (shortcut.run !== undefined))).toBe(
      true,
    );
  });
});

it('drops the keys of hidden controls', () => {
  const keys = shownShortcuts(['tensors', 'undo']).flatMap((shortcut) => shortcut.keys);
  expect(keys).not.toContain('5');
  expect(keys).not.toContain('Ctrl+Z');
  expect(keys).toContain('C');
  expect(shownShortcuts([])).toEqual(SHORTCUTS);
});
