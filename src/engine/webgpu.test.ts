import { afterAll, expect, test } from 'vitest';
import { SHIPPED, recipeWith, reference } from '../../tests/engine';
import { folders } from '../cli/folders';
import { pathToFileURL } from 'node:url';
import { Engine } from './engine';
import { NodeEnvironment } from './node';

const environment = new NodeEnvironment(folders);
const engine = new Engine(environment);
afterAll(() => {
  engine.dispose();
  environment.release();
});

const summary = await engine.run('start', { backend: 'webgpu' });
await engine.run('open', { source: { kind: 'url', url: pathToFileURL(SHIPPED).href } });

test('the adapter that is there is described', () => {
  expect(summary).toMatchObject({ kind: 'webgpu', description: expect.stringMatching(/./) });
  expect(summary.notice).toBeUndefined();
  expect(summary.limits['maxStorageBufferBindingSize']).toBeGreaterThan(0);
});

test('a plan, its pictures and a cell are the reference, also while it forms', async () => {
  const expected = reference.blocks['3']?.['paper']?.plans['self_attn.q_proj'];
  const early: Promise<{ width: number }>[] = [];
  const result = await engine.run(
    'align',
    { recipe: recipeWith({}), gap: 3, tensor: 'self_attn.q_proj' },
    {
      onEvent: (event) => {
        if (event.type === 'frame')
          early.push(engine.run('picture', { key: event.frame.key, kind: 'plan', maxPixels: 64 }));
      },
    },
  );
  for (const { width } of await Promise.all(early)) expect(width).toBe(64);
  expect(result.backend).toBe('webgpu');
  expect(result.planPerplexity / (expected?.perplexity ?? 1)).toBeCloseTo(1, 4);
  const shown = await engine.run('picture', { key: result.key, kind: 'plan', maxPixels: 1024 });
  for (const [i, index] of (expected?.sample.index ?? []).entries()) {
    const error = Math.abs(
      (shown.max[index] ?? Number.NaN) - 128 * (expected?.sample.value[i] ?? Number.NaN),
    );
    expect(error).toBeLessThan(1e-3);
  }
  const cell = await engine.run('cell', { key: result.key, row: 3, column: 100 });
  expect(cell.mass).toBeCloseTo(shown.max[3 * 128 + 100] ?? Number.NaN, 4);
  const cost = await engine.run('picture', { key: result.key, kind: 'cost', maxPixels: 1024 });
  expect(cell.cost).toBeCloseTo(cost.max[3 * 128 + 100] ?? Number.NaN, 5);
});

test('GPU memory is back at its baseline after up-scaling', async () => {
  const ids = reference.forward.ids.slice(0, 12);
  const base = await engine.run('evaluate', { recipe: null, ids });
  const result = await engine.run('evaluate', {
    recipe: recipeWith({ gaps: [4] }),
    ids,
    compareWithBase: true,
  });
  expect(result.loss).toBe(base.loss);
  expect(result.maxLogitDifference).toBe(0);
  await engine.run('clear', {});
  expect(await engine.run('memory', {})).toMatchObject({ bytes: 0, tensors: 0 });
});
