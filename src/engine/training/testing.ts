import { corpusText, recipeWith } from '../../../tests/engine';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import type { TrainingTexts, TrainRequest } from '../jobs';

/** Returns the first `length` characters of a shipped text. */
export const corpus = async (name: string, length: number): Promise<{ name: string; content: string }> => {
  const content = await corpusText(name);
  return { name, content: content.slice(0, length) };
};

/** Texts for a few steps and their evaluations. */
export const TEXTS: TrainingTexts = {
  train: await corpus('observatory-train.txt', 1500),
  heldout: await corpus('observatory-heldout.txt', 400),
  retention: await corpus('fairy-heldout.txt', 400),
};

/** Recipe with one new block at the top and short windows, quick to train. */
export const recipe = (change: Partial<Recipe['training']> = {}, fields: Partial<Recipe> = {}): Recipe =>
  recipeWith({
    method: 'copy-previous',
    zeroInit: true,
    gaps: [6],
    ...fields,
    training: { ...DEFAULT_RECIPE.training, steps: 4, batch: 2, context: 16, rate: 3e-3, ...change },
  });

/** Request to train arm `a` with that recipe and those texts. */
export const request = (change: Partial<TrainRequest> = {}): TrainRequest => ({
  arm: 'a',
  recipe: recipe(),
  texts: TEXTS,
  ...change,
});
