import { distanceMap } from '../../measures/map';
import { RAW_EUCLIDEAN } from '../../transport/cost-settings';
import { flowCost } from '../../upscale/contract/matching';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { RequestError } from '../jobs/errors';
import { features } from './features';
import { PLANNED_TENSORS } from '../jobs';

const PIXELS = 512;
const MAX_PIXELS = 1024;
const MAX_DRAWS = 100;

/** Computes distances between neurons: of all pairs of blocks, of the heads of two blocks, or of two heads. */
export const mapNeurons: Job<'map'> = async (workspace, request, context) => {
  const { tensor, level, cost, maxPixels = PIXELS, nullDraws } = request;
  if (!PLANNED_TENSORS.includes(tensor))
    throw new RequestError(`map: expected a tensor among ${PLANNED_TENSORS.join(', ')}, got ${tensor}`);
  if (!(Number.isInteger(maxPixels) && maxPixels >= 1 && maxPixels <= MAX_PIXELS))
    throw new RequestError(`map: expected 1 to ${MAX_PIXELS} pixels, got ${maxPixels}`);
  if (nullDraws !== undefined && !(Number.isInteger(nullDraws) && nullDraws >= 0 && nullDraws <= MAX_DRAWS))
    throw new RequestError(`map: expected 0 to ${MAX_DRAWS} draws of the null, got ${nullDraws}`);
  if (nullDraws && cost?.features === 'activations')
    throw new RequestError('map: expected weights to compare with a null, got activations, which have none');
  const { backend, weights } = workspace;
  const { signal, emit } = context;
  const options = {
    signal,
    onProgress: (event: { label: string; fraction: number }) => emit({ type: 'progress', progress: event }),
  };
  return workspace.get(features).use(cost, options, (found) =>
    distanceMap(backend, found ?? weights, tensor, level, {
      cost: cost ? flowCost(undefined, cost) : RAW_EUCLIDEAN,
      maxPixels,
      nullDraws,
      signal,
      onProgress: progress(context, 'Comparing blocks'),
    }),
  );
};
