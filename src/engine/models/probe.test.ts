import { expect, test } from 'vitest';
import { openShipped, recipeWith, reference } from '../../../tests/engine';

const engine = await openShipped();
const { ids } = reference.forward;

test('a text comes back token by token, with the losses of the reference', async () => {
  const { nll } = await engine.run('probe', { recipe: null, ids });
  expect(nll).toHaveLength(ids.length - 1);
  expect(nll.reduce((sum, value) => sum + value, 0) / nll.length).toBeCloseTo(reference.forward.mean_nll, 5);
  const text = 'The little bird\nsang, “all day”.';
  const { pieces, ids: own } = await engine.run('probe', { recipe: null, text });
  expect(pieces).toHaveLength(own.length);
  // A token that is only part of a character cannot be decoded alone.
  expect(pieces.join('').replaceAll(/[^ -~\n]+/g, '')).toContain('The little bird\nsang,');
  const special = await engine.run('probe', { recipe: null, ids: [0, 338] });
  expect(special.pieces[0]).toBe('#0');
});

test('the next token is what greedy text begins with', async () => {
  const { prompt, continuation } = reference.greedy;
  const { next } = await engine.run('probe', { recipe: null, ids: prompt, top: 3 });
  expect(next.map(({ id }) => id)[0]).toBe(continuation[0]);
  expect(next).toHaveLength(3);
  const { text } = await engine.run('generate', {
    recipe: null,
    ids: prompt,
    maxTokens: 1,
    temperature: 0,
    topP: 1,
    seed: 0,
  });
  expect(next[0]?.piece).toBe(text);
});

test('a zeroed new block changes nothing, and the lens marks it', async () => {
  const ask = { ids: ids.slice(0, 24), at: 9, lens: true };
  const base = await engine.run('probe', { ...ask, recipe: null });
  const deeper = await engine.run('probe', { ...ask, recipe: recipeWith({ gaps: [2] }) });
  expect(deeper.nll).toEqual(base.nll);
  expect(deeper.next).toEqual(base.next);
  expect(deeper.lens.map(({ layer }) => layer)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(deeper.lens.filter(({ isNew }) => isNew).map(({ layer }) => layer)).toEqual([3]);
  expect(deeper.lens[4]?.top).toEqual(deeper.lens[3]?.top);
  const old = deeper.lens.filter(({ isNew }) => !isNew).map(({ top }) => top);
  expect(old).toEqual(base.lens.map(({ top }) => top));
  expect(deeper.lens.at(-1)?.targetProbability).toBeCloseTo(Math.exp(-(base.nll[9] ?? 0)), 5);
});

test('requests that make no sense are refused with what to do', async () => {
  const refused = (request: object, message: RegExp) =>
    expect(engine.run('probe', { recipe: null, ...request })).rejects.toThrow(message);
  await refused({ text: '' }, /got an empty one\. Write something/);
  await refused({ text: 'once '.repeat(600) }, /1 to \d+ tokens .*got \d+\. Shorten the text/);
  await refused({ ids: [] }, /got 0\. Write something/);
  await refused({}, /either a text or token ids/);
  await refused({ ids: [1, 2], arm: 'nobody' }, /Train it first/);
});
