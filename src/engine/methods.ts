/** The methods there are, for a page: what each says of itself, what a recipe leaves to them, and recipes that name them. */
export { METHOD_GROUPS, type Method, flowOf, isLayout } from '../upscale/contract/method';
export { METHOD_IDS, METHODS, methodOf } from '../upscale/methods';
export { comparesActivations, planOf, solverOf } from '../upscale/methods/choices';
export { parseRecipe } from '../upscale/recipe';
