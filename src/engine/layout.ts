/** What the deeper model looks like: the part of the layout that a page needs to draw a recipe before anything runs. */
export { newIndices, resolveGaps } from '../upscale/expanding/gaps';

export { type BlockSpec, specsOfSlices } from '../upscale/expanding/slices';
