import type { Backend } from '../src/backend/operations';
import { Checkpoint } from '../src/checkpoint/checkpoint';
import { parseConfig } from '../src/llama/config';
import { Weights } from '../src/llama/weights';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { expand } from '../src/upscale/expanding/expand';
import { SHAPES, randomCheckpoint } from './random-checkpoint';

/** Prints the time to make the topmost new block of random checkpoints in the shape of published models: one gap, seven tensors. */
export async function printUpscales(backend: Backend): Promise<void> {
  if (backend.info.software) {
    console.log('not timed, since it takes minutes on a software adapter');
    return;
  }
  for (const name of ['135M', '1B'] as const) {
    const checkpoint = await Checkpoint.open(randomCheckpoint(name));
    const weights = new Weights(backend, checkpoint, parseConfig(checkpoint.config));
    const recipe = { ...DEFAULT_RECIPE, method: 'opt-deus:paper' as const, gaps: [SHAPES[name].layers - 2] };
    const start = performance.now();
    const expansion = await expand(backend, weights, recipe, { allPlans: true });
    await backend.settle();
    const seconds = (performance.now() - start) / 1000;
    console.log(`top block of a random ${name} checkpoint, all plans: ${seconds.toFixed(2)} s`);
    expansion.free();
    weights.free();
  }
}
