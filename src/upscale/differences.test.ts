import { expect, test } from 'vitest';
import { comparePresets } from '../recipe/presets';
import { DEFAULT_RECIPE, type Recipe } from '../recipe/schema';
import { isLayout } from './contract/method';
import { differences } from './differences';
import { METHODS, methodTitle } from './methods';

const presets = comparePresets(DEFAULT_RECIPE, methodTitle);
const preset = (id: string) => {
  const found = presets.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no preset ${id}`);
  return found;
};
const recipeOf = (of: string, arm: string): Recipe => {
  const found = preset(of).arms.find(({ id }) => id === arm)?.recipe;
  if (!found) throw new Error(`no arm ${arm}`);
  return found;
};

test('an arm differs from the reference in the things that were changed, and only in those', () => {
  const alignment = preset('alignment');
  for (const { id, recipe } of alignment.arms) {
    if (!recipe) continue;
    const [cause, zero] = id.split(':');
    const expected = [
      ...(cause === 'paper' ? [] : ['method']),
      ...(zero === 'zero' ? [] : ['zeroing']),
      ...(cause === 'structured-exact' ? ['solver.kind'] : []),
    ];
    expect(differences(recipeOf('alignment', alignment.reference), recipe)).toEqual(expected);
  }
  const positions = preset('positions');
  expect(differences(recipeOf('positions', 'top:zero'), recipeOf('positions', 'ends:zero'))).toEqual([
    'gaps',
  ]);
  expect(positions.arms).toHaveLength(9);
});

test('the released average changes two things at once against OpT-DeUS, LLaMA-Pro two others', () => {
  const reference = recipeOf('paper', 'paper');
  expect(differences(reference, recipeOf('paper', 'average'))).toEqual(['method', 'zeroing']);
  expect(differences(reference, recipeOf('paper', 'llama-pro'))).toEqual(['method', 'gaps']);
  expect(differences(reference, recipeOf('paper', 'solar'))).toEqual(['method', 'zeroing']);
});

test('settings are compared one by one, and parents whatever their order', () => {
  const a: Recipe = { ...DEFAULT_RECIPE, parents: { 1: [0, 2], 3: [1, 4] } };
  const b: Recipe = {
    ...DEFAULT_RECIPE,
    parents: { 3: [1, 4], 1: [0, 2] },
    alpha: 0.25,
    solver: { ...DEFAULT_RECIPE.solver, epsilon: 0.1 },
    structured: { ...DEFAULT_RECIPE.structured, rotate: true },
  };
  expect(differences(a, a)).toEqual([]);
  expect(differences(a, b)).toEqual(['alpha', 'solver.epsilon', 'structured.rotate']);
  expect(differences({ ...a, gaps: 'spread', group: 2 }, { ...a, gaps: 'spread', group: 4 })).toEqual([
    'group',
  ]);
});

test('the text of activations counts only between two recipes that compare them', () => {
  const recipe = (cost: Partial<Recipe['cost']>): Recipe => ({
    ...DEFAULT_RECIPE,
    cost: { ...DEFAULT_RECIPE.cost, ...cost },
  });
  const [fairy, observatory] = [
    recipe({ features: 'activations' }),
    recipe({ features: 'activations', text: 'observatory' }),
  ];
  expect(differences(fairy, observatory)).toEqual(['cost.text']);
  expect(differences(fairy, recipe({ features: 'activations', tokens: 64 }))).toEqual(['cost.tokens']);
  expect(differences(DEFAULT_RECIPE, observatory)).toEqual(['cost.features']);
  expect(differences(observatory, DEFAULT_RECIPE)).toEqual(['cost.features']);
  expect(differences(DEFAULT_RECIPE, recipe({ text: 'observatory' }))).toEqual([]);
});

test('what a method does by itself is known: zeroing, and whether it has gaps', () => {
  const left: Recipe = { ...DEFAULT_RECIPE, zeroInit: 'method' };
  for (const declared of METHODS) {
    const { id: method, zeroInit } = declared;
    const said: Recipe = { ...left, method, zeroInit };
    expect(differences({ ...left, method }, said), method).toEqual([]);
    expect(differences({ ...left, method }, { ...left, method, gaps: [1] }), method).toEqual(
      isLayout(declared) ? [] : ['gaps'],
    );
  }
});
