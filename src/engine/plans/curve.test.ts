import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackends } from '../../../tests/backends';
import { Random } from '../../../tests/random';
import { curve } from './curve';
import { picture } from '../pictures/picture';
import { entropic, runner, solved, unsolved, workspaceOn } from '../aligning/testing';
import type { Workspace } from '../workspace/workspace';

const [N, M, WIDTH] = [19, 30, 4];
const points = (rows: number, seed: number) => ({ rows, values: new Random(seed).normals(rows * WIDTH) });
const [A, B] = [points(N, 1), points(M, 2)];

describe.each(await openBackends())('on $name', (kind) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await workspaceOn(await kind.open());
  });
  afterAll(() => workspace.close());

  test('cost and perplexity are those of the pictures at those half-steps', async () => {
    const run = runner(workspace);
    const alignment = await solved(workspace, { a: A, b: B, solver: entropic(0.4) });
    const { result, key } = alignment;
    const last = result?.halfSteps ?? 0;
    const halfSteps = [last, 1, 4, 1];
    const measured = await run(curve, { key, halfSteps });
    const costs = (await run(picture, { key, kind: 'cost', maxPixels: 64 })).max;
    for (const [i, halfStep] of halfSteps.entries()) {
      const plan = (await run(picture, { key, kind: 'plan', halfStep, maxPixels: 64 })).max;
      let [entropy, mass, cost] = [0, 0, 0];
      for (let row = 0; row < N; row++) {
        const values = plan.subarray(row * M, (row + 1) * M);
        const sum = values.reduce((total, value) => total + value, 0);
        mass += sum;
        for (const [j, value] of values.entries()) {
          if (value > 0) entropy -= value * Math.log(value / sum);
          cost += (value / N) * (costs[row * M + j] ?? Number.NaN);
        }
      }
      expect(measured.transportCost[i]! / cost).toBeCloseTo(1, 4);
      expect(measured.planPerplexity[i]! / Math.exp(entropy / mass)).toBeCloseTo(1, 4);
    }
    // Tolerance: the snapshots' potentials are float32.
    expect(measured.transportCost[0]! / (result?.transportCost ?? 0)).toBeCloseTo(1, 6);
    expect(measured.planPerplexity[0]! / (result?.planPerplexity ?? 0)).toBeCloseTo(1, 6);
    expect(await run(curve, { key, halfSteps: [4] })).toEqual({
      transportCost: [measured.transportCost[2]],
      planPerplexity: [measured.planPerplexity[2]],
    });
  });

  test('a start too far off has no measures, and the half-steps after it do', async () => {
    // Entries of e^±10⁴ overflow float64. A GPU clamps them and so has finite measures.
    const solver = { ...entropic(1e-4, 2), seed: 3 } as const;
    await solved(workspace, { key: 'far', a: A, b: B, solver });
    const measured = await runner(workspace)(curve, { key: 'far', halfSteps: [0, 2] });
    if (kind.name === 'cpu') expect(measured.transportCost[0]).toBeNaN();
    expect(measured.planPerplexity[1]).toBeGreaterThanOrEqual(1);
  });

  test('what makes no sense is refused', async () => {
    const { key, result } = await solved(workspace, { key: 'refuses', a: A, b: B, solver: entropic(0.4) });
    const run = runner(workspace);
    for (const halfStep of [-1, 0.5, (result?.halfSteps ?? 0) + 1])
      await expect(run(curve, { key, halfSteps: [halfStep] })).rejects.toThrow(/half-steps from 0/);
    await unsolved(workspace, { key: 'no plan', a: A, b: B });
    await expect(run(curve, { key: 'no plan', halfSteps: [0] })).rejects.toMatchObject({
      name: 'RequestError',
    });
  });
});
