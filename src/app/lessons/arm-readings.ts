import type { ArmReading } from '../../lessons/readings';
import type { Recipe } from '../../recipe/schema';
import { measuresOf } from '../compare/measures';
import { deeperDepth, newBlocks } from '../methods/gaps';
import type { AppState } from '../store/app';
import { shownComparison } from '../store/derived/comparison';
import { evaluationOf } from '../store/derived/evaluation';

/** Blocks that back-propagation passes through: from the top down to the lowest new block, both included. */
export function backwardBlocks(recipe: Recipe, layers: number): number | undefined {
  const blocks = newBlocks(recipe, layers);
  return blocks.length === 0 ? undefined : deeperDepth(recipe, layers) - Math.min(...blocks);
}

/** A measure of an arm of the comparison on show; undefined until it has been measured. */
export function armReading(state: AppState, id: string, measure: ArmReading): number | undefined {
  const arm = shownComparison(state).arms.find((candidate) => candidate.id === id);
  const layers = state.model.info?.layers;
  if (arm === undefined || layers === undefined) return undefined;
  if (measure === 'backward') return arm.recipe ? backwardBlocks(arm.recipe, layers) : undefined;
  const compared = { base: evaluationOf(state, null)?.result, reference: undefined };
  const measures = measuresOf(evaluationOf(state, arm.recipe), compared);
  return measures[measure === 'change' ? 'delta' : measure];
}
