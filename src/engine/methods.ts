/** The list of methods for the page: their declarations, what they choose for a recipe, and parsing of recipes. */
export { METHOD_GROUPS, type Method, flowOf, isLayout } from '../upscale/contract/method';
export { METHOD_IDS, METHODS, methodOf, methodTitle } from '../upscale/methods';
export { comparesActivations, noNullReason, planOf, solverOf } from '../upscale/methods/resolve';
export { parseRecipe } from '../upscale/recipe';
