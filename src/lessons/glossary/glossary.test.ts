import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../languages';
import { glossaryTable } from './table';
import { TERMS, termOf, type TermId } from './terms';
import { loadGlossary } from './texts';

const IDS = Object.keys(TERMS) as TermId[];
/** Characters of a meaning that are read in a few lines of a narrow card. */
const LONGEST = 150;

describe.each(LANGUAGES)('the glossary in $name', ({ id: language }) => {
  it('has every entry, and no other', async () => {
    const { entries } = await loadGlossary(language);
    expect(Object.keys(entries).toSorted()).toEqual(IDS.toSorted());
  });

  it('names every entry differently and means it in two lines', async () => {
    const { entries } = await loadGlossary(language);
    const words = Object.values(entries);
    expect(new Set(words.map(([term]) => term)).size).toBe(IDS.length);
    expect(words.filter(([term, meaning]) => term === '' || meaning.length < 5)).toEqual([]);
    expect(words.filter(([, meaning]) => meaning.length > LONGEST)).toEqual([]);
  });
});

it('means every entry in words of each language', async () => {
  const [en, de] = await Promise.all([loadGlossary('en'), loadGlossary('de')]);
  expect(IDS.filter((id) => en.entries[id][1] === de.entries[id][1])).toEqual([]);
});

it('has ids in the order of the alphabet, so that an entry is found', () => {
  expect(IDS).toEqual(IDS.toSorted());
});

it('explains only words of the page by a formula, a picture or a lesson', () => {
  const beside = (id: TermId) => termOf(id).formula ?? termOf(id).picture ?? termOf(id).lesson;
  expect(IDS.filter((id) => !termOf(id).page && beside(id) !== undefined)).toEqual([]);
});

it('is in docs/glossary.md as `node scripts/readme.mjs` writes it', () => {
  const page = readFileSync(new URL('../../../docs/glossary.md', import.meta.url), 'utf8');
  expect(page).toContain(`<!-- terms -->\n\n${glossaryTable()}\n\n<!-- /terms -->`);
});
