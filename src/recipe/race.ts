import { type TitleOf, comparePresets } from './presets';
import type { Recipe } from './schema';

export const RACE_PRESETS = ['paper', 'alignment', 'positions', 'count'] as const;
export type RacePresetId = (typeof RACE_PRESETS)[number];

export interface RaceArm {
  readonly id: string;
  readonly title: string;
  readonly recipe: Recipe;
}

/** A list of arms that are trained on the same batches in the same order. */
export interface RacePreset {
  readonly id: RacePresetId;
  readonly title: string;
  readonly arms: readonly RaceArm[];
  /** Id of the arm that the others are compared with. */
  readonly reference: string;
}

/** Returns a race for a recipe's model, solver and training, on a model of `layers` blocks. */
export function racePreset(id: RacePresetId, base: Recipe, layers: number, titleOf: TitleOf): RacePreset {
  if (id === 'count') return count(base, layers);
  const preset = comparePresets(base, titleOf).find((candidate) => candidate.id === id);
  const { title, arms, reference } = preset ?? { title: id, arms: [], reference: '' };
  const racing = arms.flatMap((arm): RaceArm[] => {
    // In `paper` the base model is an arm, trained as a whole. In other races it is only the start of every arm.
    if (!arm.recipe) return id === 'paper' ? [{ ...arm, recipe: trainAllBlocks(base, layers) }] : [];
    return id === 'paper' || arm.recipe.zeroInit === true ? [{ ...arm, recipe: arm.recipe }] : [];
  });
  return { id, title, arms: racing, reference };
}

/** The base model with all blocks trained. */
const trainAllBlocks = (base: Recipe, layers: number): Recipe => ({
  ...base,
  method: 'passthrough',
  slices: [{ start: 0, end: layers }],
  parents: {},
  zeroInit: 'method',
});

/** One arm each for 1, 2, 4 … new blocks in the topmost gaps. */
function count(base: Recipe, layers: number): RacePreset {
  const counts = [1, 2, 4, 8, 16, 32].filter((n) => n < layers);
  const arms = counts.map((n): RaceArm => {
    const gaps = Array.from({ length: n }, (_, i) => layers - 1 - n + i);
    const recipe: Recipe = {
      ...base,
      method: 'opt-deus:paper',
      zeroInit: true,
      slices: null,
      parents: {},
      gaps,
    };
    return { id: `${n}`, title: `${n} new ${n === 1 ? 'block' : 'blocks'}`, recipe };
  });
  return { id: 'count', title: 'How many', arms, reference: arms.at(0)?.id ?? '' };
}
