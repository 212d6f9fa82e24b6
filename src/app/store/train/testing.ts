import { DEFAULT_RECIPE } from '../../../recipe/schema';
import type { Race, Run } from '../state/race';

/** Device memory of a training, in bytes. */
export const TEST_MEMORY = {
  frozen: 1,
  parameters: 1,
  gradients: 1,
  moments: 2,
  activations: 1,
  working: 1,
  total: 7,
  keepActivations: true,
};

/** A run with `done` of `steps` steps, an evaluation every five steps and smoothly falling losses. */
export function testRun(
  arm: string,
  seed: number,
  { steps = 20, done = 20, height = 3 }: { steps?: number; done?: number; height?: number } = {},
): Run {
  const loss = (step: number) => height + Math.exp(-step / 8) + seed * 0.01;
  const evaluated = Array.from({ length: Math.floor(done / 5) + 1 }, (_, i) => i * 5);
  return {
    arm,
    seed,
    name: `${arm}, seed ${seed}`,
    status: done === steps ? 'done' : 'running',
    steps,
    losses: Array.from({ length: done }, (_, i) => loss(i)),
    evaluations: evaluated.map((step) => ({
      step,
      heldout: loss(step) + 0.1,
      retention: 2 + step / 100,
      response: null,
      moved: {},
    })),
    gradients: {},
    samples: [],
    facts: {
      stepMs: { forward: 10, backward: 20, optimizer: 5 },
      stepCost: 12,
      trainable: 10,
      parameters: 20,
      layers: 9,
      newLayers: [8],
      memory: TEST_MEMORY,
      texts: [],
    },
  };
}

/** A race of these runs, 100 tokens per step; the first arm is the reference. */
export function testRace(runs: readonly Run[]): Race {
  const ids = [...new Set(runs.map(({ arm }) => arm))];
  return {
    id: 'race',
    title: 'Is it alignment?',
    arms: ids.map((id) => ({ id, title: `Arm ${id}`, recipe: { ...DEFAULT_RECIPE, seed: 7 } })),
    reference: ids[0] ?? '',
    seeds: [...new Set(runs.map(({ seed }) => seed))],
    budget: 'tokens',
    question: 'own',
    recipe: DEFAULT_RECIPE,
    without: [],
    evaluations: 3,
    modelKey: '',
    tokensPerStep: 100,
    model: 'toy',
    text: 'tales.txt',
    prompt: 'Once',
    device: 'test adapter',
    backend: 'cpu',
    at: '2026-11-27T00:00:00Z',
    runs,
  };
}
