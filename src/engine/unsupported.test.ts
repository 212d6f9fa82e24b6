import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recipeWith, testEnvironment } from '../../tests/engine';
import { MemoryFiles } from '../checkpoint/sources';
import { parseConfig } from '../llama/config';
import { randomTensors, safetensors, TINY, type TinyTensor } from '../llama/testing';
import { applicability } from '../upscale/expanding/applicability';
import { Engine } from './engine';
import type { ModelInfo } from './jobs';

/** A model of an architecture that is not in the table: what needs no forward pass works, all else says why it does not. */

const CONFIG = { ...TINY, architectures: ['OtherForCausalLM'], model_type: 'other' };

/** The shapes of a Llama, but for a joint tensor of gate and up, a router, and one block with a wider down_proj. */
function tensors(): Map<string, TinyTensor> {
  const made = randomTensors(parseConfig(TINY), 4);
  for (const index of [0, 1, 2]) {
    const name = (key: string): string => `model.layers.${index}.mlp.${key}.weight`;
    made.delete(name('gate_proj'));
    made.delete(name('up_proj'));
    made.set(name('gate_up_proj'), { dtype: 'F32', shape: [56, 20], values: new Float32Array(1120) });
  }
  made.set('model.layers.1.mlp.down_proj.weight', {
    dtype: 'F32',
    shape: [20, 32],
    values: new Float32Array(640),
  });
  return made;
}

const filesOf = (made: ReadonlyMap<string, TinyTensor>): MemoryFiles =>
  new MemoryFiles(
    new Map([
      ['config.json', new TextEncoder().encode(JSON.stringify(CONFIG))],
      ['model.safetensors', safetensors(made)],
    ]),
    'other',
  );

describe('a model of an unsupported architecture', () => {
  let engine: Engine;
  let info: ModelInfo;
  const open = (made: ReadonlyMap<string, TinyTensor>): Promise<ModelInfo> => {
    engine = new Engine({ ...testEnvironment(), files: () => filesOf(made) });
    return engine
      .run('start', { backend: 'auto' })
      .then(() => engine.run('open', { source: { kind: 'url', url: 'other' } }));
  };
  beforeEach(async () => {
    info = await open(tensors());
  });
  afterEach(() => engine.dispose());

  it('opens, and says which tensors it could not place', () => {
    expect(info).toMatchObject({ architecture: 'OtherForCausalLM', layers: 3, hiddenSize: 20, heads: 4 });
    const { unsupported: notice = '' } = info;
    expect(notice).toMatch(/Expected a model of architecture LlamaForCausalLM.*got OtherForCausalLM/);
    expect(notice).toMatch(/can be aligned and mapped.*self_attn\.q_proj/);
    expect(notice).toMatch(/Not placed: model\.layers\.N\..*model\.embed_tokens\.weight.* and 1 more\.$/);
    expect(notice).toContain('model.layers.N.mlp.gate_up_proj.weight');
    expect(notice).toContain('model.layers.N.mlp.down_proj.weight');
  });

  it('aligns and maps the matrices that all blocks have in one shape', async () => {
    const recipe = recipeWith({ method: 'opt-deus:paper' });
    const aligned = await engine.run('align', { recipe, gap: 0, tensor: 'self_attn.k_proj' });
    expect(aligned.rows).toBe(16);
    expect(aligned.transportCost).toBeGreaterThan(0);
    const map = await engine.run('map', { tensor: 'self_attn.o_proj', level: { kind: 'blocks' } });
    expect(map.distances).toHaveLength(9);
    await expect(engine.run('align', { recipe, gap: 0, tensor: 'mlp.gate_proj' })).rejects.toThrow(
      /mlp\.gate_proj\.weight: expected this tensor, got none/,
    );
  });

  it('refuses what needs to know what a block computes, by the reason', async () => {
    const recipe = recipeWith({ method: 'average', gaps: [0] });
    const why = /Expected a model of architecture .* got OtherForCausalLM/;
    const ids = [1, 2, 3];
    const sampling = { maxTokens: 2, temperature: 0, topP: 1, seed: 0 };
    await expect(engine.run('evaluate', { recipe: null, ids })).rejects.toThrow(why);
    await expect(engine.run('evaluate', { recipe, ids })).rejects.toThrow(why);
    await expect(engine.run('generate', { recipe: null, ids, ...sampling })).rejects.toThrow(why);
    await expect(engine.run('probe', { recipe: null, ids })).rejects.toThrow(why);
    await expect(engine.run('measure', { recipe: null, ids })).rejects.toThrow(why);
    const destination = { kind: 'folder', path: '/nowhere' } as const;
    await expect(engine.run('export', { recipe, name: 'deeper', destination })).rejects.toThrow(why);
    expect(applicability('average', info, recipe).refusal).toMatch(why);
  });

  it('is refused as before where no matrix can be recognised', async () => {
    const made = new Map([...tensors()].filter(([name]) => !name.startsWith('model.layers.')));
    engine.dispose();
    await expect(open(made)).rejects.toMatchObject({
      name: 'UnsupportedArchitectureError',
      message: expect.stringMatching(/got OtherForCausalLM\. Open a model/),
    });
  });
});
