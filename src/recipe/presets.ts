import { GAP_PRESETS, type MethodId, type Recipe } from './schema';

export const COMPARE_PRESETS = ['paper', 'alignment', 'positions'] as const;
type ComparePresetId = (typeof COMPARE_PRESETS)[number];

/** One row of a comparison. */
export interface Arm {
  readonly id: string;
  readonly title: string;
  /** null: the base model as it is. */
  readonly recipe: Recipe | null;
}

/** A list of arms that answers one question. */
export interface ComparePreset {
  readonly id: ComparePresetId;
  readonly title: string;
  /** The base model is the first arm. */
  readonly arms: readonly Arm[];
  /** Id of the arm that the others are compared with. */
  readonly reference: string;
}

/** Returns the title of a method. It is a parameter, because methods are declared in rooms above this one. */
export type TitleOf = (method: MethodId) => string;

/**
 * Lists the presets for a recipe's model, solver, cost and seed. Every arm's recipe states all its settings (zeroing is never
 * left to the method), so that it means the same elsewhere. An arm is called by its method's title and what else tells it
 * from the other arms, so that a method has the same name in menus, tables and legends.
 */
export function comparePresets(base: Recipe, titleOf: TitleOf): readonly ComparePreset[] {
  return [paperTable(base, titleOf), alignment(base, titleOf), positions(base, titleOf)];
}

const BASE: Arm = { id: 'base', title: 'Base model', recipe: null };

/** Resets settings that only some methods read, so that arms do not differ in them. */
const reset = (base: Recipe): Recipe => ({ ...base, slices: null, parents: {} });

/** The arms of the paper's main table, as released. They also differ in zeroing and gaps. */
function paperTable(base: Recipe, titleOf: TitleOf): ComparePreset {
  const arm = (id: string, method: MethodId, zeroInit: boolean, gaps: Recipe['gaps'] = 'top'): Arm => ({
    id,
    title: titleOf(method),
    recipe: { ...reset(base), method, zeroInit, gaps, group: 2, alpha: 0.5 },
  });
  return {
    id: 'paper',
    title: 'The paper’s table',
    reference: 'paper',
    arms: [
      BASE,
      arm('solar', 'solar', false),
      arm('llama-pro', 'llama-pro', true, 'spread'),
      arm('lesa', 'lesa', false),
      arm('average', 'average', false),
      arm('paper', 'opt-deus:paper', true),
    ],
  };
}

type Cause = readonly [id: string, method: MethodId, solver?: Recipe['solver']['kind']];

const CAUSES: readonly Cause[] = [
  ['copy-previous', 'copy-previous'],
  ['copy-next', 'copy-next'],
  ['half-next', 'half-next'],
  ['average', 'average'],
  ['random', 'random'],
  ['literal', 'opt-deus:literal'],
  ['paper', 'opt-deus:paper'],
  ['tf', 'opt-deus:tf'],
  ['relative', 'opt-deus:relative'],
  ['hard', 'opt-deus:hard'],
  ['structured', 'opt-deus:structured'],
  ['structured-exact', 'opt-deus:structured', 'exact'],
];

/** The arms of method.md section 5, which separate scale, diversity, zeroing and alignment. Each is zeroed and not zeroed. */
function alignment(base: Recipe, titleOf: TitleOf): ComparePreset {
  return {
    id: 'alignment',
    title: 'Is it alignment?',
    reference: 'paper:zero',
    arms: [
      BASE,
      ...CAUSES.flatMap(([id, method, kind]) =>
        variants(id, kind === 'exact' ? `${titleOf(method)}, exact assignment` : titleOf(method), {
          ...reset(base),
          method,
          ...(kind && { solver: { ...base.solver, kind } }),
        }),
      ),
    ],
  };
}

const PLACES = { top: 'at the top', middle: 'in the middle', bottom: 'at the bottom', ends: 'at both ends' };

/** The same method in other gaps. Zeroed arms differ in the cost of training, the others also in the loss. */
function positions(base: Recipe, titleOf: TitleOf): ComparePreset {
  const places = GAP_PRESETS.filter((gaps) => gaps !== 'spread');
  return {
    id: 'positions',
    title: 'Where to insert',
    reference: 'top:zero',
    arms: [
      BASE,
      ...places.flatMap((gaps) =>
        variants(gaps, `${titleOf('opt-deus:paper')}, ${PLACES[gaps]}`, {
          ...reset(base),
          method: 'opt-deus:paper',
          gaps,
        }),
      ),
    ],
  };
}

/** An arm with zeroed output projections, and the same with computed ones. */
const variants = (id: string, title: string, recipe: Recipe): Arm[] => [
  { id: `${id}:zero`, title: `${title}, zeroed`, recipe: { ...recipe, zeroInit: true } },
  { id: `${id}:kept`, title: `${title}, not zeroed`, recipe: { ...recipe, zeroInit: false } },
];
