import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openShipped, reference, SHIPPED, testEnvironment } from '../../../tests/engine';
import { FolderFiles } from '../../cli/folder';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import type { Engine } from '../engine';
import type { Evaluation } from '../jobs';
import { recipe, request } from './testing';

const base = await mkdtemp(join(tmpdir(), 'interlayer-train-'));
afterAll(() => rm(base, { recursive: true }));

let folders = 0;

/** Exports an arm and returns its folder. */
async function exported(engine: Engine, arm: string, dtype: 'source' | 'f32' = 'f32'): Promise<string> {
  const path = join(base, `trained ${folders++}`);
  const destination = { kind: 'folder', path } as const;
  await engine.run('export', { recipe: DEFAULT_RECIPE, arm, dtype, name: 'trained', destination });
  return path;
}

/** Evaluates a checkpoint in a folder in a new engine. */
async function evaluated(path: string, ids: readonly number[]): Promise<Evaluation> {
  const engine = await openShipped({ ...testEnvironment(), files: () => new FolderFiles(path) });
  const result = await engine.run('evaluate', { recipe: null, ids, oneWindow: true });
  engine.dispose();
  return result;
}

describe('the train job', () => {
  it('exports what was trained: it evaluates as it did here, and only what was trained differs', async () => {
    const engine = await openShipped();
    await engine.run('train', request());
    const ids = reference.forward.ids.slice(0, 40);
    const here = await engine.run('evaluate', { recipe: null, arm: 'a', ids, oneWindow: true });
    const untrained = await engine.run('evaluate', { recipe: null, ids, oneWindow: true });
    expect(here.loss).not.toBeCloseTo(untrained.loss, 5);
    const path = await exported(engine, 'a');
    const card = await readFile(join(path, 'README.md'), 'utf8');
    expect(card).toContain('It was trained since for 4 steps');
    expect(card).toContain('on 128 tokens of observatory-train.txt');
    expect(card).not.toContain('not been trained');
    expect(JSON.parse(await readFile(join(path, 'interlayer.json'), 'utf8'))).toMatchObject({
      method: 'copy-previous',
      training: { steps: 4, rate: 3e-3 },
    });
    const there = await evaluated(path, ids);
    expect(there.layers).toBe(9);
    expect(there.loss).toBeCloseTo(here.loss, 6);
    engine.dispose();
  });

  it('trains the base model itself, and embeddings, norm and head when asked', async () => {
    const engine = await openShipped();
    const whole = recipe(
      { steps: 1, embedding: true, finalNorm: true, head: true },
      { method: 'passthrough', slices: [{ start: 0, end: 8 }], gaps: 'top', zeroInit: 'method' },
    );
    const result = await engine.run('train', request({ recipe: whole }));
    expect(result).toMatchObject({ layers: 8, newLayers: [], trainable: 1_706_112, parameters: 1_706_112 });
    expect(result.stepCost).toBe(24);
    const ids = reference.forward.ids.slice(0, 20);
    // The base's cached states on this text must not be used for the trained model.
    await engine.run('evaluate', { recipe: null, ids, oneWindow: true });
    const here = await engine.run('evaluate', { recipe: null, arm: 'a', ids, oneWindow: true });
    const there = await evaluated(await exported(engine, 'a'), ids);
    expect(there.layers).toBe(8);
    expect(there.loss).toBeCloseTo(here.loss, 6);
    expect(there.loss).not.toBeCloseTo((await evaluated(SHIPPED, ids)).loss, 5);
    // Rounded: every tensor of the file, and what was said of them before.
    const asked = { recipe: whole, arm: 'a', dtype: 'source', ids, oneWindow: true } as const;
    const said = await engine.run('savedLoss', asked);
    expect(said).toMatchObject({ tokens: 19, exact: here.loss, rounded: 74 });
    expect(Math.abs(said.saved - said.exact)).toBeGreaterThan(1e-7);
    const rounded = await exported(engine, 'a', 'source');
    expect((await evaluated(rounded, ids)).loss).toBeCloseTo(said.saved, 6);
    const card = await readFile(join(rounded, 'README.md'), 'utf8');
    expect(card).toMatch(/\| held-out text, before and after training \| \d\.\d{4}, \d\.\d{4} \|/);
    engine.dispose();
  });
});
