import { expect, test } from 'vitest';
import { corpusText, openShipped, recipeWith, reference, testEnvironment } from '../../../tests/engine';
import { Tokenizer } from '../../llama/tokenizer';
import { shippedFiles } from '../../llama/testing';
import { DEFAULT_RECIPE, FEATURE_TEXTS, MAX_FEATURE_TOKENS } from '../../recipe/schema';
import type { Environment } from '../environment/environment';
import { textMissing } from '../environment/texts';

const { ids } = reference.forward;
const cost = { ...DEFAULT_RECIPE.cost, features: 'activations', tokens: 48 } as const;
const solver = { ...DEFAULT_RECIPE.solver, kind: 'exact' } as const;
const recipe = recipeWith({ method: 'opt-deus:hard', gaps: [6], zeroInit: false, cost });

/** Returns the test environment, and the list of texts requested from it. */
function counting(): { environment: Environment; asked: string[] } {
  const asked: string[] = [];
  const environment = testEnvironment();
  return {
    asked,
    environment: {
      ...environment,
      text: (name, ...rest) => {
        asked.push(name);
        if (name.startsWith('file:')) throw textMissing(name);
        return environment.text(name, ...rest);
      },
    },
  };
}

test('every job that makes a recipe makes it from the same activations', async () => {
  const { environment, asked } = counting();
  const engine = await openShipped(environment);
  const { loss, plans } = await engine.run('evaluate', { recipe, ids });
  const weights = await engine.run('evaluate', {
    recipe: { ...recipe, cost: { ...cost, features: 'weights' } },
    ids,
  });
  expect(Math.abs(loss - weights.loss)).toBeGreaterThan(1e-4);
  const measured = await engine.run('measure', { recipe, ids, groups: ['model', 'tensors'] });
  expect(measured.model?.loss).toBeCloseTo(loss, 6);
  for (const { tensor, transportCost } of plans) {
    const seen = measured.tensors.find((candidate) => candidate.tensor === tensor);
    expect(seen?.transportCost, tensor).toBeCloseTo(transportCost, 6);
    const aligned = await engine.run('align', { recipe, gap: 6, tensor });
    // Heads are matched one by one, so there is no single plan.
    const headed = /[qkv]_proj/.test(tensor);
    expect(aligned.plan, tensor).toBe(headed ? 'none' : 'permutation');
    if (!headed) expect(aligned.transportCost).toBeCloseTo(transportCost, 6);
  }
  const made = await engine.run('generate', {
    recipe,
    ids: ids.slice(0, 4),
    maxTokens: 2,
    temperature: 0,
    topP: 1,
    seed: 0,
  });
  expect(made.ids).toHaveLength(2);
  // All jobs together read the text once.
  expect(asked).toEqual(['fairy']);
  await engine.run('clear', {});
  expect((await engine.run('memory', {})).tensors).toBe(0);
});

test('a head has a plan of its own, and an alignment outlives the text it came from', async () => {
  const engine = await openShipped();
  const request = { recipe: { ...recipe, solver }, gap: 6, tensor: 'self_attn.v_proj' } as const;
  const head = await engine.run('align', { ...request, part: 1 });
  expect(head).toMatchObject({ plan: 'permutation', rows: 32, columns: 32 });
  const before = await engine.run('cell', { key: head.key, row: 3, column: 4 });
  expect(before.rowWeights).toHaveLength(48);
  expect(Math.hypot(...before.rowWeights)).toBeCloseTo(1, 5);
  const other = { ...request, recipe: { ...recipe, cost: { ...cost, text: 'observatory' } } };
  const elsewhere = await engine.run('align', { ...other, part: 1 });
  expect(elsewhere.key).not.toBe(head.key);
  expect(await engine.run('cell', { key: head.key, row: 3, column: 4 })).toEqual(before);
  engine.dispose();
});

test('a map of blocks can be of activations, and is not that of weights', async () => {
  const engine = await openShipped();
  const level = { kind: 'heads', previous: 5, next: 6 } as const;
  const map = await engine.run('map', { tensor: 'self_attn.q_proj', level, cost });
  const heads = await engine.run('map', { tensor: 'self_attn.q_proj', level });
  expect(map.distances).toHaveLength(16);
  // 1 − correlation.
  for (const value of map.distances) expect(value).toBeLessThan(1.5);
  expect([...map.distances]).not.toEqual([...heads.distances]);
  engine.dispose();
});

test('the tokens are the last of the text', async () => {
  const read = (name: string): Promise<string> => corpusText(`${name}-heldout.txt`);
  const tokenizer = await Tokenizer.open(await shippedFiles());
  // What is evaluated is read from the start, at most 2048 tokens of it on the page.
  for (const name of FEATURE_TEXTS)
    expect(tokenizer.encode(await read(name)).length).toBeGreaterThan(2048 + MAX_FEATURE_TOKENS);
  const text = await read('fairy');
  const engine = await openShipped({
    ...testEnvironment(),
    text: async (name) => (name === 'fairy' ? text : text.slice(text.length - 2000)),
  });
  const loss = async (name: string): Promise<number> =>
    (await engine.run('evaluate', { recipe: { ...recipe, cost: { ...cost, text: name } }, ids })).loss;
  expect(await loss('fairy')).toBe(await loss('observatory'));
  engine.dispose();
});

test('what cannot be done is said, and the next job works', async () => {
  const { environment } = counting();
  const engine = await openShipped(environment);
  const evaluate = (changed: Partial<typeof DEFAULT_RECIPE.cost>): Promise<unknown> =>
    engine.run('evaluate', { recipe: { ...recipe, cost: { ...cost, ...changed } }, ids });
  await expect(evaluate({ text: 'file:tales.txt@0123456789abcdef' })).rejects.toThrow(
    /expected the text file:tales.txt@0123456789abcdef .*--features-text/,
  );
  await expect(evaluate({ tokens: 4096 })).rejects.toThrow(/cost.tokens/);
  const short = await openShipped({ ...testEnvironment(), text: async () => 'once upon a time' });
  await expect(short.run('evaluate', { recipe, ids })).rejects.toThrow(/at least 48 tokens, got \d+/);
  short.dispose();
  const controller = new AbortController();
  const labels: string[] = [];
  const cancelled = engine.run(
    'evaluate',
    { recipe, ids },
    {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'progress') labels.push(event.progress.label);
        controller.abort();
      },
    },
  );
  await expect(cancelled).rejects.toThrow(/cancelled|abort/i);
  expect(labels[0]).toBe('Running the base model for activations');
  await evaluate({});
  engine.dispose();
});
