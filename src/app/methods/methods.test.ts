import { describe, expect, it } from 'vitest';
import { METHOD_IDS } from '../../engine/methods';
import { DEFAULT_RECIPE, type MethodId } from '../../recipe/schema';
import { METHOD_GROUPS, methodInfo, planOf, solverOf } from './methods';
import { epsilonRules } from './epsilon-rules';

describe('methods', () => {
  it('are all in the menu, each once, in the order of the list', () => {
    const listed = METHOD_GROUPS.flatMap((group) => group.methods.map((method) => method.id));
    expect(listed).toEqual(METHOD_IDS);
  });

  it('have words of their own', () => {
    const words = METHOD_IDS.map(methodInfo);
    for (const of of ['title', 'short', 'sentence'] as const) {
      expect(words.every((method) => method[of] !== '')).toBe(true);
      if (of !== 'sentence') expect(new Set(words.map((method) => method[of])).size).toBe(words.length);
    }
  });

  it('never call the released script aligned', () => {
    const { title, sentence } = methodInfo('opt-deus:literal');
    expect(`${title} ${sentence}`).not.toMatch(/align/i);
  });

  it('say what the panel asks for', () => {
    expect(methodInfo('opt-deus:structured')).toMatchObject({
      plan: 'entropic',
      epsilon: 'chosen',
      zeroes: true,
      parents: 'pair',
      fuses: true,
      seeded: true,
    });
    expect(methodInfo('llama-pro')).toMatchObject({ plan: 'none', parents: 'previous', fuses: false });
    expect(methodInfo('solar')).toMatchObject({ plan: 'none', parents: 'layout', zeroes: false });
    expect(methodInfo('lesa')).toMatchObject({ plan: 'none', zeroes: false, fuses: false, seeded: true });
  });
});

describe('the solver of a recipe', () => {
  const recipe = (method: MethodId, change = {}) => ({
    method,
    solver: { ...DEFAULT_RECIPE.solver, ...change },
  });

  it('is the method’s unless the recipe names one, and none without plans', () => {
    expect(solverOf(recipe('opt-deus:paper'))).toBe('sinkhorn');
    expect(solverOf(recipe('opt-deus:hard'))).toBe('exact');
    expect(solverOf(recipe('average', { kind: 'progot' }))).toBeUndefined();
    expect(planOf(recipe('opt-deus:hard', { kind: 'progot' }))).toBe('entropic');
    expect(planOf(recipe('opt-deus:paper', { kind: 'exact' }))).toBe('permutation');
  });

  it('takes ε as the method allows, bisecting it for balanced Sinkhorn alone', () => {
    expect(epsilonRules(recipe('opt-deus:paper'))).toEqual({ rules: ['absolute'], rule: 'absolute' });
    expect(epsilonRules(recipe('opt-deus:relative')).rule).toBe('spread');
    expect(epsilonRules(recipe('opt-deus:relative', { targetPerplexity: 0.2 })).rule).toBe('perplexity');
    expect(epsilonRules(recipe('opt-deus:structured', { targetPerplexity: 0.2 })).rule).toBe('perplexity');
    expect(epsilonRules(recipe('opt-deus:relative', { targetPerplexity: 0.2, kind: 'progot' })).rule).toBe(
      'spread',
    );
  });
});
