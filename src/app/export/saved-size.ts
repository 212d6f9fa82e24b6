import type { ModelInfo, SavedDType } from '../../engine/jobs';
import { addedParameters } from '../methods/gaps';
import type { Recipe } from '../../recipe/schema';

const BYTES: Readonly<Record<string, number>> = { F32: 4, BF16: 2, F16: 2 };

/** The dtype of most of a model's tensors. */
export function baseDType({ dtypes }: ModelInfo): string {
  const [most] = Object.entries(dtypes).toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? 'F32';
}

/** Estimates the bytes of all weights of a recipe's deeper model, as if every tensor of its new blocks were computed. */
export function savedBytes(info: ModelInfo, recipe: Recipe, dtype: SavedDType): number {
  const base = BYTES[baseDType(info)] ?? 4;
  return info.parameters * base + addedParameters(recipe, info) * (dtype === 'f32' ? 4 : base);
}
