import { expect, test } from 'vitest';
import { openShipped, recipeWith, reference } from '../../../tests/engine';
import { DEFAULT_RECIPE } from '../../recipe/schema';

const engine = await openShipped();
const ids = reference.forward.ids;

test('the base model: its loss is the reference, and it differs from itself in nothing', async () => {
  const { model, blocks, tensors, sample, cka } = await engine.run('measure', {
    recipe: null,
    ids,
    groups: ['model', 'blocks', 'lens'],
  });
  expect(model).toMatchObject({
    tokens: 96,
    klFromBase: 0,
    maxLogitDifference: 0,
    layers: 8,
    parameters: 1_706_112,
    bytes: 2 * 1_706_112,
    trainStepCost: 24,
    trainStepShare: 1,
  });
  expect(model?.loss).toBeCloseTo(reference.forward.mean_nll, 5);
  expect(sample?.loss).toBeCloseTo(reference.forward.mean_nll, 5);
  expect(blocks.at(-1)?.logitLensLoss).toBe(sample?.loss);
  expect(blocks.every(({ residualChange }) => (residualChange ?? 0) > 0.01)).toBe(true);
  expect(cka).toHaveLength(64);
  expect(tensors).toEqual([]);
});

test('a zeroed deeper model is the base in every block that was there before', async () => {
  const ask = { ids, maxTokens: 40, groups: ['model', 'blocks', 'attention', 'lens', 'tensors'] } as const;
  const base = await engine.run('measure', { ...ask, recipe: null });
  const deeper = await engine.run('measure', { ...ask, recipe: recipeWith({ gaps: [2, 5] }) });
  expect(deeper.blocks.map(({ isNew }) => isNew)).toEqual(
    [0, 0, 0, 1, 0, 0, 0, 1, 0, 0].map((flag) => flag === 1),
  );
  const old = deeper.blocks.filter(({ isNew }) => !isNew);
  for (const [i, { layer: _, ckaToPrevious: __, ...block }] of old.entries())
    expect(base.blocks[i]).toMatchObject(block);
  for (const { residualChange, attentionEntropy } of deeper.blocks.filter(({ isNew }) => isNew)) {
    expect(residualChange).toBe(0);
    expect(attentionEntropy).toBeGreaterThan(0);
  }
  const { model } = deeper;
  expect(model).toMatchObject({ klFromBase: 0, maxLogitDifference: 0, layers: 10 });
  expect(model?.loss).toBe(base.model?.loss);
  // The lowest new block is the fourth of ten, and two are trained: 10 + 7 + 2.
  expect(model).toMatchObject({ trainStepCost: 19, trainStepShare: 19 / 30 });
  expect(model?.bytes).toBe(2 * (model?.parameters ?? 0));
  expect(deeper.tensors).toHaveLength(14);
  for (const { gap, tensor, planPerplexity } of deeper.tensors) {
    const oracle = reference.blocks[gap]?.['paper']?.plans[tensor];
    if (oracle) expect((planPerplexity ?? 0) / oracle.perplexity).toBeCloseTo(1, 3);
  }
});

test('a model that differs diverges, by the mean over predictions', async () => {
  const recipe = recipeWith({ method: 'average', gaps: [3] });
  const asked = { ids: ids.slice(0, 9), oneWindow: true };
  const { model } = await engine.run('measure', { recipe, ...asked, groups: ['model'] });
  const evaluation = await engine.run('evaluate', { recipe, ...asked, compareWithBase: true });
  expect(model?.loss).toBe(evaluation.loss);
  expect(model?.maxLogitDifference).toBe(evaluation.maxLogitDifference);
  expect(model?.klFromBase).toBeGreaterThan(1e-4);
  // A divergence is at most twice the largest difference of logits.
  expect(model?.klFromBase).toBeLessThan(2 * (evaluation.maxLogitDifference ?? 0));
});

test('requests that make no sense are refused, cancelling works, and nothing is left behind', async () => {
  const held = (await engine.run('memory', {})).bytes;
  await expect(engine.run('measure', { recipe: null, ids, sampleTokens: 1 })).rejects.toMatchObject({
    name: 'RequestError',
  });
  await expect(
    engine.run('measure', { recipe: null, ids, groups: ['everything' as 'model'] }),
  ).rejects.toThrow(/expected groups among model, /);
  await expect(
    engine.run('map', { tensor: 'mlp.up_proj', level: { kind: 'blocks' }, maxPixels: 0 }),
  ).rejects.toThrow(/1 to 1024/);
  const controller = new AbortController();
  const running = engine.run(
    'measure',
    { recipe: null, ids },
    { signal: controller.signal, onEvent: () => controller.abort() },
  );
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect((await engine.run('memory', {})).bytes).toBeLessThanOrEqual(held);
});

test('a map of heads comes through the engine, under the cost asked for', async () => {
  const level = { kind: 'heads', previous: 0, next: 1 } as const;
  const map = await engine.run('map', { tensor: 'self_attn.q_proj', level });
  expect(map).toMatchObject({ kind: 'heads', rows: 4, columns: 4, solver: 'exact' });
  const cosine = await engine.run('map', {
    tensor: 'self_attn.q_proj',
    level,
    cost: { ...DEFAULT_RECIPE.cost, metric: 'cosine' },
  });
  for (const value of cosine.distances) expect(value).toBeLessThan(1.2);
  expect([...cosine.distances]).not.toEqual([...map.distances]);
});
