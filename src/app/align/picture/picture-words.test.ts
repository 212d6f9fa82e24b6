import { NEXT } from '../../../recipe/against';
import { describe, expect, it } from 'vitest';
import { INITIAL_PICTURE } from '../../store/state/picture';
import { openApp, picture, solved } from '../../store/testing';
import { parentsOf, pictureWords, strongestWords } from './picture-words';

async function state(change: Parameters<typeof solved>[1] = {}) {
  const { app } = await openApp();
  const result = solved('key', change);
  const subject = {
    modelId: app.store.getState().model.id,
    gap: 6,
    tensor: 'q' as const,
    against: NEXT,
    part: null,
    method: result.method,
    plan: result.plan,
    rows: 4,
    columns: 4,
  };
  app.store.setState(({ align }) => ({
    align: { ...align, phase: 'ready', key: 'key', subject, result },
    picture: INITIAL_PICTURE,
  }));
  return { app, subject };
}

describe('a picture in words', () => {
  it('says what it is of, how large, how sharp, and between what values', async () => {
    const { app, subject } = await state();
    const words = pictureWords(app.store.getState(), { picture: picture('key', 'plan', 8), subject });
    expect(words.what).toMatch(/^Transport plan of q: .* of block 6, .* of block 7/);
    expect(words.size).toBe('4 rows by 4 columns.');
    // Perplexity 2 of 4 partners: 1 − log 2 / log 4.
    expect(words.sharpness).toMatch(/half-step 8 of 8 a row spreads over 2 of 4 partners.*sharpness 0\.50/);
    expect(words.range).toBe('Masses n·T go from 0 to 0.938.');
  });

  it('does not call the sharpness of the end that of an earlier half-step', async () => {
    const { app, subject } = await state();
    app.view.show({ halfStep: 3 });
    const words = pictureWords(app.store.getState(), { picture: picture('key', 'plan', 3), subject });
    expect(words.sharpness).toBe('At half-step 3 of 8.');
  });

  it('says where it is zoomed to, and which blocks were chosen by hand', async () => {
    const { app, subject } = await state();
    app.view.show({ window: { row: 0, column: 0, rows: 4 } });
    app.recipe.change('parents', (recipe) => ({ ...recipe, parents: { 6: [2, 5] } }));
    const now = app.store.getState();
    expect(parentsOf(now, 6)).toEqual([2, 5]);
    const words = pictureWords(now, { picture: picture('key', 'cost', 0), subject });
    expect(words.what).toMatch(/^Cost of q: .* of block 2, .* of block 5/);
    expect(words.size).toMatch(/In sight are rows 0 to 3 and columns 0 to 3/);
  });

  it('says so where there is no plan', async () => {
    const { app, subject } = await state({ plan: 'none', method: 'average', planPerplexity: NaN });
    const words = pictureWords(app.store.getState(), { picture: picture('key', 'cost', 0), subject });
    expect(words.sharpness).toMatch(/has no plan/);
    expect(Object.values(words).join(' ')).not.toMatch(/NaN|not a number/);
  });
});

describe('the strongest pairs in words', () => {
  const strongest = {
    rows: Uint32Array.of(3, 0),
    columns: Uint32Array.of(1, 2),
    values: Float32Array.of(0.5, 0.25),
  };

  it('name rows and columns with their values, largest first', () => {
    expect(strongestWords(strongest, true)).toBe(
      'Strongest pairs, row with column: 3 with 1 (0.5), 0 with 2 (0.25).',
    );
    expect(strongestWords(strongest, false)).toMatch(/^Nearest pairs/);
  });
});
