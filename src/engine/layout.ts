/** Where new blocks go: the part of the layout that a page needs to draw a recipe before anything runs. */
export { newIndices, resolveGaps } from '../upscale/layout';
