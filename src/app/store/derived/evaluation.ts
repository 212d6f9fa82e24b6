import type { Recipe } from '../../../recipe/schema';
import { FEATURE_TEXTS } from '../../../recipe/schema';
import type { Depth, View } from '../../../recipe/view';
import { recipeGaps } from '../../methods/gaps';
import type { WithBackend } from '../state/backend';
import type { EvaluationEntry, WithEvaluations } from '../state/evaluations';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

/** The parts of the state that an evaluation depends on. */
export type EvaluationNeeds = WithBackend & WithModel & WithRecipe & WithView & WithEvaluations;

/** True if the result has everything that `depth` asks for. */
export function hasDepth(entry: EvaluationEntry | undefined, depth: Depth): boolean {
  if (entry?.status !== 'done') return false;
  const { measurement } = entry;
  if (depth === 'loss') return true;
  if (measurement === undefined) return false;
  if (depth === 'null' && measurement.tensors.some(({ excessCost }) => excessCost === undefined))
    return false;
  return depth === 'blocks' || measurement.blocks.every(({ lossSkipped }) => typeof lossSkipped === 'number');
}

/** The shipped texts that losses are measured on, in words. */
export const TEXT_TITLES: Readonly<Record<View['text'], string>> = {
  fairy: 'Fairy tales, held out',
  observatory: 'Observatory tales, held out',
};

/** Title of the text that activations are computed on: a shipped text, or a file name. */
export const featureTextTitle = (text: string): string =>
  FEATURE_TEXTS.filter((name) => name === text).map((name) => TEXT_TITLES[name])[0] ??
  text.replace(/^file:(.*)@.*$/, '$1');

/**
 * Identifies the open model, also on a later visit. Local files may have changed by then, so their key contains the number
 * of the opened model.
 */
export function modelKey({ model, recipe }: WithModel & WithRecipe): unknown[] {
  const { model: source } = recipe.current;
  const { info } = model;
  return [source, source.kind === 'local' ? model.id : 0, info?.name, info?.layers, info?.parameters];
}

/** Title of the current text. */
export function textTitle({ evaluations, view }: WithEvaluations & WithView): string {
  return evaluations.useOwn && evaluations.own ? evaluations.own.name : TEXT_TITLES[view.text];
}

/** Key of one evaluation: model, backend, text, token budget and the settings that define the deeper model. */
export function evaluationKey(state: EvaluationNeeds, recipe: Recipe | null): string {
  const { backend, view, evaluations, model } = state;
  const own = evaluations.useOwn ? evaluations.own : undefined;
  const text = own ? ['own', own.name, own.text.length, own.digest] : view.text;
  const { kind, description } = backend.summary ?? {};
  return JSON.stringify([
    modelKey(state),
    kind,
    description,
    text,
    view.tokens,
    armKey(recipe, model.info?.layers),
  ]);
}

function armKey(recipe: Recipe | null, layers = 0): unknown {
  if (recipe === null) return 'base';
  const { model: _, version: __, ...rest } = recipe;
  return { ...rest, gaps: recipeGaps(recipe, layers) };
}

/** The result of the base (`recipe` null) or of a recipe, on the current text and backend. */
export function evaluationOf(state: EvaluationNeeds, recipe: Recipe | null): EvaluationEntry | undefined {
  return state.evaluations.entries[evaluationKey(state, recipe)];
}
