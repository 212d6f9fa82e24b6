import { expansionWork } from '../../upscale/expanding/forecast';
import { parseRecipe } from '../../upscale/recipe';
import type { Forecast } from '../jobs';
import type { Job } from '../workspace/context';
import { speedOf } from './speed';

/** If making the blocks takes longer than this many seconds, the forecast names a quicker method. */
const LONG = 600;

/** Forecasts time and memory of making a recipe's new blocks, and of a quicker method if that takes long. */
export const forecastBlocks: Job<'forecast'> = async (workspace, request): Promise<Forecast> => {
  const recipe = parseRecipe(request.recipe);
  const speed = await speedOf(workspace);
  const { backend, model, weights } = workspace;
  const ofMethod = (method: typeof recipe.method): Forecast => {
    const work = expansionWork({ ...recipe, method }, model.config, backend.info, weights.blockBytes(0));
    const { blocks, deviceBytes, temporaryBytes, parents, operations, visits, values } = work;
    return {
      blocks,
      deviceBytes,
      temporaryBytes,
      readBytes: parents.reduce((sum, index) => sum + weights.blockBytes(index), 0),
      seconds: operations / speed.operations + visits / speed.visits + values / speed.values,
    };
  };
  const asked = ofMethod(recipe.method);
  if (asked.seconds <= LONG) return asked;
  const quicker = ofMethod('average');
  return quicker.seconds < asked.seconds / 2
    ? { ...asked, quicker: { method: 'average', ...quicker } }
    : asked;
};
