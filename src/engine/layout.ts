/** The layout of the deeper model, as far as the page draws it before a job runs. */
export { newIndices, resolveGaps } from '../upscale/expanding/gaps';

export { type BlockSpec, specsOfSlices } from '../upscale/expanding/slices';
