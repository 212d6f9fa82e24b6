import { expect, test } from 'vitest';
import { openShipped, recipeWith } from '../../../tests/engine';
import type { AlignResult } from '../jobs';

const engine = await openShipped();
const GAP = 3;
const V = 'self_attn.v_proj';
const recipe = recipeWith({ method: 'opt-deus:structured', gaps: [GAP] });
const [HEADS, SIZE] = [2, 32];

const align = (part?: number): Promise<AlignResult> =>
  engine.run('align', { recipe, gap: GAP, tensor: V, ...(part === undefined ? {} : { part }) });

test('a key-value head of v has a plan of its own, on its own part of the cost', async () => {
  const whole = await align();
  expect(whole).toMatchObject({ plan: 'none', rows: HEADS * SIZE });
  const all = await engine.run('picture', { key: whole.key, kind: 'cost', maxPixels: HEADS * SIZE });
  for (let head = 0; head < HEADS; head++) {
    const part = await align(head);
    expect(part).toMatchObject({ plan: 'entropic', rows: SIZE, columns: SIZE, converged: true });
    expect(part.marginalError).toBeLessThanOrEqual(1e-5);
    const cost = await engine.run('picture', { key: part.key, kind: 'cost', maxPixels: SIZE });
    const block = Float32Array.from(
      { length: SIZE * SIZE },
      (_, i) =>
        all.max[(head * SIZE + Math.floor(i / SIZE)) * HEADS * SIZE + head * SIZE + (i % SIZE)] ?? Number.NaN,
    );
    expect(cost.max).toEqual(block);

    // Expected plan: Sinkhorn in float64 on that cost.
    const kernel = Float64Array.from(block, (value) => Math.exp(-value / part.epsilon));
    const [u, v] = [new Float64Array(SIZE).fill(1), new Float64Array(SIZE).fill(1)];
    for (let step = 0; step < 400; step++) {
      for (let j = 0; j < SIZE; j++)
        v[j] = 1 / (SIZE * u.reduce((sum, value, i) => sum + value * (kernel[i * SIZE + j] ?? 0), 0));
      for (let i = 0; i < SIZE; i++)
        u[i] = 1 / (SIZE * v.reduce((sum, value, j) => sum + value * (kernel[i * SIZE + j] ?? 0), 0));
    }
    const plan = await engine.run('picture', { key: part.key, kind: 'plan', maxPixels: SIZE });
    for (const [i, value] of plan.max.entries()) {
      const expected = SIZE * (u[Math.floor(i / SIZE)] ?? 0) * (kernel[i] ?? 0) * (v[i % SIZE] ?? 0);
      expect(Math.abs(value - expected)).toBeLessThan(1e-3);
    }
  }
});

test('a part that is not there is refused', async () => {
  await expect(align(HEADS)).rejects.toThrow(/head from 0 to 1, got 2/);
  const refused = (
    tensor: 'self_attn.q_proj' | 'mlp.gate_proj',
    method: 'opt-deus:structured' | 'opt-deus:paper',
  ) => engine.run('align', { recipe: { ...recipe, method }, gap: GAP, tensor, part: 0 });
  await expect(refused('self_attn.q_proj', 'opt-deus:structured')).rejects.toThrow(
    /expected no part, got one/,
  );
  await expect(refused('mlp.gate_proj', 'opt-deus:structured')).rejects.toThrow(/expected no part, got one/);
  await expect(refused('self_attn.q_proj', 'opt-deus:paper')).rejects.toThrow(/expected no part, got one/);
});
