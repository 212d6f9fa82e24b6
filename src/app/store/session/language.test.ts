import { expect, it } from 'vitest';
import { openApp } from '../testing';

it('is the language that the browser asks for, until another is chosen, also on later visits', async () => {
  const stored = new Map<string, string>();
  const { app } = await openApp({ stored, languages: ['de-CH', 'en'] });
  expect(app.store.getState().language).toBe('de');
  app.language.choose('en');
  expect(app.store.getState().language).toBe('en');
  const second = await openApp({ stored, languages: ['de-CH', 'en'] });
  expect(second.app.store.getState().language).toBe('en');
});
