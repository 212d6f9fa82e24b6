import { afterEach, beforeEach, expect, it } from 'vitest';
import { CpuBackend } from '../../backend/cpu/backend';
import { parseConfig } from '../../llama/config';
import { randomModel, TINY } from '../../llama/testing';
import { DEFAULT_RECIPE, type MethodId } from '../../recipe/schema';
import type { HostBlock, HostTensor } from '../../../tests/symmetry';
import { applicability } from '../expanding/applicability';
import { isLayout } from '../contract/method';
import { makeBlock, randomBlock } from './testing';
import { methodOf } from '.';

/** What methods make of norms that Llama does not have. */

let backend: CpuBackend;
beforeEach(() => {
  backend = new CpuBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

const configOf = (architecture: string) =>
  parseConfig({ ...TINY, architectures: [architecture], hidden_size: 32 });

async function made(
  id: MethodId,
  architecture: string,
  parents: { previous: HostBlock; next: HostBlock },
): Promise<HostBlock> {
  const method = methodOf(id);
  if (isLayout(method)) throw new Error(`${id} makes no blocks`);
  return (await makeBlock(backend, configOf(architecture), method, parents)).values;
}

const values = (block: HostBlock, key: string): Float32Array => {
  const tensor = block.get(key);
  if (!tensor) throw new Error(`no ${key}`);
  return tensor.values;
};

function expectNear(got: Float32Array, expected: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of got.entries())
    expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(tolerance);
}

/** Rows (of a vector, elements) j ← (7j + 3) mod n. */
function shuffledRows({ shape, values: from }: HostTensor): HostTensor {
  const [rows = 1] = shape;
  const width = from.length / rows;
  return {
    shape,
    values: from.map((_, k) => from[((7 * Math.floor(k / width) + 3) % rows) * width + (k % width)] ?? 0),
  };
}

it('a norm over the whole width of q or k moves with its rows: OLMo 2', async () => {
  const previous = randomBlock(configOf('Olmo2ForCausalLM'), 1);
  const next = new Map(previous);
  for (const name of ['q', 'k'])
    for (const key of [`self_attn.${name}_proj.weight`, `self_attn.${name}_norm.weight`])
      next.set(key, shuffledRows(previous.get(key)!));
  const block = await made('opt-deus:hard', 'Olmo2ForCausalLM', { previous, next });
  for (const name of ['q', 'k'])
    for (const key of [`self_attn.${name}_proj.weight`, `self_attn.${name}_norm.weight`])
      expectNear(values(block, key), values(next, key), 1e-6);
  const average = await made('average', 'Olmo2ForCausalLM', { previous, next });
  expect(values(average, 'self_attn.q_norm.weight')).not.toEqual(values(next, 'self_attn.q_norm.weight'));
});

it('a norm of every head by itself is the plain mean: Qwen 3', async () => {
  const config = configOf('Qwen3ForCausalLM');
  const parents = { previous: randomBlock(config, 1), next: randomBlock(config, 2) };
  const key = 'self_attn.k_norm.weight';
  const mean = values(parents.previous, key).map(
    (value, i) => (value + (values(parents.next, key)[i] ?? 0)) / 2,
  );
  for (const id of [
    'opt-deus:hard',
    'opt-deus:literal',
    'opt-deus:structured',
    'half-next',
    'random',
  ] as const)
    expectNear(values(await made(id, 'Qwen3ForCausalLM', parents), key), mean, 1e-6);
});

it('gains stored less 1 are mixed as they act: Gemma 3', async () => {
  const config = configOf('Gemma3ForCausalLM');
  const parents = { previous: randomBlock(config, 1), next: randomBlock(config, 2) };
  const key = 'pre_feedforward_layernorm.weight';
  const [below, above] = [values(parents.previous, key), values(parents.next, key)];
  const expected = below.map((value, i) => (1 + value) / 4 + (1 + (above[i] ?? 0)) / 2 - 1);
  expectNear(values(await made('half-next', 'Gemma3ForCausalLM', parents), key), expected, 1e-6);
  // The unscaled plan moves 1/32 of the gains' mean there.
  const literal = values(await made('opt-deus:literal', 'Gemma3ForCausalLM', parents), key);
  expectNear(literal, expected, 0.05);
  expect(Math.max(...literal.map((value, i) => Math.abs(value - (expected[i] ?? 0))))).toBeGreaterThan(1e-3);
  const mean = (gains: Float32Array): number => gains.reduce((sum, value) => sum + value, 0) / gains.length;
  // Every plan keeps the sum of what it moves, here a share 1/32 of it.
  expect(mean(literal) - mean(expected)).toBeCloseTo((1 + mean(below)) / 4 / 32, 5);
  const after = 'post_feedforward_layernorm.weight';
  const plain = values(parents.previous, after).map(
    (value, i) => (value + (values(parents.next, after)[i] ?? 0)) / 2,
  );
  expectNear(values(await made('opt-deus:paper', 'Gemma3ForCausalLM', parents), after), plain, 1e-6);
});

it('rotations of rotary pairs are refused where q and k have norms', async () => {
  const recipe = {
    ...DEFAULT_RECIPE,
    gaps: [0],
    structured: { ...DEFAULT_RECIPE.structured, rotate: true },
  };
  const refusal = async (architecture: string): Promise<string | undefined> => {
    const { config } = await randomModel({ architectures: [architecture] }, 1);
    return applicability('opt-deus:structured', config, recipe).refusal;
  };
  expect(await refusal('Qwen3ForCausalLM')).toMatch(
    /norms of q and k \(Qwen3ForCausalLM\).*Turn the rotations off/,
  );
  expect(await refusal('LlamaForCausalLM')).toBeUndefined();
});
