import { describe, expect, it } from 'vitest';
import { DEFAULT_RECIPE, METHODS } from '../recipe/schema';
import { reads } from '../upscale/expanding/applicability';
import { METHODS as MADE } from '../upscale/methods';
import { isLayout } from '../upscale/contract/method';
import { METHOD_GROUPS, methodWords, planOf, solverOf } from './methods';
import { epsilonRules } from './tower/epsilon-rules';

describe('methods', () => {
  it('all have words, each once', () => {
    const listed = METHOD_GROUPS.flatMap((group) => group.methods.map((method) => method.id));
    expect(listed.toSorted()).toEqual([...METHODS].toSorted());
  });

  it('never call the released script aligned', () => {
    const { title, sentence } = methodWords('opt-deus:literal');
    expect(`${title} ${sentence}`).not.toMatch(/align/i);
  });

  it.each(METHODS)('%s is as the engine has it', (id) => {
    const made = MADE[id];
    const words = methodWords(id);
    expect(words.zeroes).toBe(made.zeroInit);
    expect(words.parents).toBe(isLayout(made) ? 'layout' : made.parents);
    const flow = isLayout(made) ? undefined : made.flow;
    expect(words.plan).toBe(flow?.plan ?? 'none');
    if (flow !== undefined) expect(words.epsilon).toBe(flow.epsilon);
    expect(words.fuses).toBe(reads(id, 'alpha'));
  });
});

describe('the solver of a recipe', () => {
  const recipe = (method: (typeof METHODS)[number], change = {}) => ({
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
