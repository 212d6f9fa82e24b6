import { parseRecipe as parse, type Recipe } from '../recipe/schema';
import { METHOD_IDS } from './methods';

/** Checks unknown data against the schema, with the methods there are. @throws RecipeError as the schema's own. */
export const parseRecipe = (data: unknown): Recipe => parse(data, METHOD_IDS);
