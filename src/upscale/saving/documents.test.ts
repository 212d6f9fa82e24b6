import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CpuBackend } from '../../backend/cpu/backend';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { Weights } from '../../llama/weights';
import { readMergekit } from '../../recipe/mergekit';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { blockSpecs } from '../expanding/block-specs';
import { expand } from '../expanding/expand';
import { shippedModel } from '../testing';
import type { CardFacts } from './card';
import { documentsOf } from './documents';
import { savedTensors } from './save';

describe('the documents beside a deeper checkpoint', () => {
  const backend = new CpuBackend();
  let checkpoint: Checkpoint;
  let weights: Weights;
  beforeAll(async () => {
    ({ checkpoint, weights } = await shippedModel(backend));
  });
  afterAll(() => weights.free());

  async function documents(
    fields: Partial<Recipe>,
    facts: Partial<CardFacts> = {},
  ): Promise<Record<string, string>> {
    const recipe = { ...DEFAULT_RECIPE, ...fields };
    const { config } = weights;
    const expansion = await expand(backend, weights, recipe);
    const tensors = savedTensors(backend, expansion, checkpoint, config, { dtype: 'source' });
    const texts = documentsOf({ expansion, recipe, config, tensors, baseName: 'owner/base', ...facts });
    expansion.free();
    return texts;
  }

  it('train.py is the script with its new blocks filled in, and nothing else changed', async () => {
    const template = await readFile(new URL('training/train.py', import.meta.url), 'utf8');
    const [before = '', after = ''] = template.split(/^\{"blocks_prefix": .*\}$/m);
    expect(before).toMatch(/^MADE = json\.loads\("""\n$/m);
    expect(after.startsWith('\n""")\n')).toBe(true);
    for (const [fields, made] of [
      [
        { method: 'average:zero', gaps: [2, 5] },
        { new_blocks: [3, 7], train: 'new' },
      ],
      [{ method: 'solar' }, { new_blocks: [6, 7, 8, 9], train: 'all' }],
      [
        { method: 'passthrough', slices: [{ start: 0, end: 8 }] },
        { new_blocks: [], train: 'all' },
      ],
    ] as const) {
      const script = (await documents(fields as Partial<Recipe>))['train.py'] ?? '';
      expect(script.startsWith(before) && script.endsWith(after)).toBe(true);
      const json = script.slice(before.length, script.length - after.length);
      expect(json).not.toMatch(/["']{3}|\\/);
      expect(JSON.parse(json)).toEqual({ blocks_prefix: 'model.layers.', ...made });
    }
  });

  it('train.md names the options that the script has', async () => {
    const { 'train.md': notes = '', 'train.py': script = '' } = await documents({ method: 'llama-pro' });
    const own = (notes.split('accelerate launch')[0] ?? '').replace('--help', '');
    const named = [...own.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    expect(named).toContain('--resume');
    for (const option of named) expect(script, option).toContain(`"${option}"`);
  });

  it.each([
    [{ method: 'copy-previous', gaps: [3] }, [0, 1, 2, 3, 3, 4, 5, 6, 7], undefined],
    [{ method: 'copy-next:zero', gaps: [3] }, [0, 1, 2, 3, 4, 4, 5, 6, 7], 4],
    [{ method: 'llama-pro', gaps: [7] }, [0, 1, 2, 3, 4, 5, 6, 7, 7], 8],
    [{ method: 'solar' }, [0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7], undefined],
    [{ method: 'stack', zeroInit: true }, [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7], 8],
    [{ method: 'passthrough', slices: [{ start: 2, end: 4, scale: 0.5 }] }, [2, 3], 0],
  ] as const)('mergekit.yaml of %j makes the same blocks', async (fields, order, scaledFrom) => {
    const recipe = fields as unknown as Partial<Recipe>;
    const { 'mergekit.yaml': yaml = '', 'README.md': card = '' } = await documents(recipe);
    expect(card).toContain(yaml);
    const read = readMergekit(yaml);
    expect(read.model).toBe('owner/base');
    const specs = blockSpecs({ ...DEFAULT_RECIPE, method: 'passthrough', slices: [...read.slices] }, 8);
    expect(specs.map((place) => ('index' in place ? place.index : -1))).toEqual(order);
    const first = specs.findIndex(({ kind }) => kind === 'scaled');
    expect(first).toBe(scaledFrom ?? -1);
  });

  it('there is no mergekit.yaml where mergekit cannot compute the blocks, or training changed them', async () => {
    expect(await documents({ method: 'average', gaps: [3] })).not.toHaveProperty(['mergekit.yaml']);
    expect(await documents({ method: 'opt-deus:paper', gaps: [3] })).not.toHaveProperty(['mergekit.yaml']);
    const trained = {
      steps: 4,
      tokens: 128,
      parameters: 1000,
      tensors: ['model.layers.4.mlp.up_proj.weight'],
      texts: ['tales.txt'],
      losses: { 'held-out text': [3.25, 3.125] as const },
    };
    const texts = await documents({ method: 'copy-previous', gaps: [3] }, { trained });
    expect(Object.keys(texts)).toEqual(['README.md', 'interlayer.json', 'train.md', 'train.py']);
    expect(texts['README.md']).toContain('| held-out text, before and after training | 3.2500, 3.1250 |');
  });

  it('the card names licence, losses and precision', async () => {
    const losses = { text: 'tales.txt', tokens: 1256, base: 3, exact: 3.0625, saved: 3.06256 };
    const { 'README.md': card } = await documents(
      { method: 'average', gaps: [3] },
      { losses, baseCard: '---\r\nlicense: apache-2.0\r\nlanguage: en\r\n---\r\n# Base' },
    );
    expect(card).toContain('\nlicense: apache-2.0\nbase_model: "owner/base"\n');
    expect(card).toContain('on 1,256 tokens of tales.txt');
    expect(card).toContain('| this model, as computed | 3.0625 |\n| this model, as saved | 3.0626 |');
    expect(card).toContain("rounded to nearest even from float32 to the base's BF16");
    const { 'README.md': bare } = await documents({ method: 'average', gaps: [3] });
    expect(bare).not.toMatch(/^license|## Losses/m);
  });
});
