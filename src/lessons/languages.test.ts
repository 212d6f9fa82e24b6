import { expect, it } from 'vitest';
import { languageOf } from './languages';

it.each([
  [[], 'en'],
  [['de-AT', 'en'], 'de'],
  [['fr', 'DE', 'en'], 'de'],
  [['fr', 'zh-Hant'], 'en'],
  [[null, undefined, 'de'], 'de'],
  [['en', 'de'], 'en'],
] as const)('the language of %j is %s', (tags, language) => {
  expect(languageOf(tags)).toBe(language);
});
