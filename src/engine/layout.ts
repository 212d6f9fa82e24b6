/** What the deeper model looks like: the part of the layout that a page needs to draw a recipe before anything runs. */
export { newIndices, resolveGaps } from '../upscale/expanding/layout';

export { type Outlined, orderOf } from '../upscale/expanding/slices';
