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

/** Arms that together answer a question. */
export interface ComparePreset {
  readonly id: ComparePresetId;
  readonly title: string;
  /** The base model first, as what the others are measured by. */
  readonly arms: readonly Arm[];
  /** The arm that the others differ from in one thing, where they do. */
  readonly reference: string;
}

/**
 * The comparisons worth making with a recipe's model, solver, cost and seed. What decides an arm is written into its recipe
 * (zeroing is never left to the method), so that it means the same wherever it is opened.
 */
export function comparePresets(base: Recipe): readonly ComparePreset[] {
  return [paperTable(base), alignment(base), positions(base)];
}

const BASE: Arm = { id: 'base', title: 'Base model', recipe: null };

/** Blocks of a recipe that only some methods read are left at rest, so that arms do not differ by them. */
const withoutExtras = (base: Recipe): Recipe => ({ ...base, slices: null, parents: {} });

/** The arms of the paper's main table, as released: they differ in zeroing and position, too. */
function paperTable(base: Recipe): ComparePreset {
  const arm = (
    id: string,
    title: string,
    method: MethodId,
    zeroInit: boolean,
    gaps: Recipe['gaps'] = 'top',
  ): Arm => ({ id, title, recipe: { ...withoutExtras(base), method, zeroInit, gaps, group: 2, alpha: 0.5 } });
  return {
    id: 'paper',
    title: 'The paper’s table',
    reference: 'paper',
    arms: [
      BASE,
      arm('solar', 'SOLAR', 'solar', false),
      arm('llama-pro', 'LLaMA-Pro', 'llama-pro', true, 'spread'),
      arm('lesa', 'LESA', 'lesa', false),
      arm('average', 'Avg-DeUS', 'average', false),
      arm('paper', 'OpT-DeUS', 'opt-deus:paper', true),
    ],
  };
}

type Cause = readonly [
  id: string,
  method: MethodId,
  title: string,
  change?: (base: Recipe) => Partial<Recipe>,
];

const CAUSES: readonly Cause[] = [
  ['copy-previous', 'copy-previous', 'Copy of the previous block'],
  ['copy-next', 'copy-next', 'Copy of the next block'],
  ['half-next', 'half-next', 'Half the next block'],
  ['average', 'average', 'Average of both'],
  ['random', 'random', 'Random rows'],
  ['literal', 'opt-deus:literal', 'OpT-DeUS as released'],
  ['paper', 'opt-deus:paper', 'OpT-DeUS, rescaled plan'],
  ['tf', 'opt-deus:tf', 'OpT-DeUS, unit rows'],
  ['relative', 'opt-deus:relative', 'OpT-DeUS, ε from the cost'],
  ['hard', 'opt-deus:hard', 'OpT-DeUS, permutations'],
  ['structured', 'opt-deus:structured', 'OpT-DeUS, symmetries respected'],
  [
    'structured-exact',
    'opt-deus:structured',
    'OpT-DeUS, symmetries respected, permutations',
    ({ solver }) => ({ solver: { ...solver, kind: 'exact' } }),
  ],
];

/** What method.md section 5 recommends to tell apart scale, diversity, zeroing and alignment: every cause, zeroed and not. */
function alignment(base: Recipe): ComparePreset {
  return {
    id: 'alignment',
    title: 'Is it alignment?',
    reference: 'paper:zero',
    arms: [
      BASE,
      ...CAUSES.flatMap(([id, method, title, change]) =>
        zeroedAndNot(id, title, { ...withoutExtras(base), method, ...change?.(base) }),
      ),
    ],
  };
}

const PLACES = { top: 'at the top', middle: 'in the middle', bottom: 'at the bottom', ends: 'at both ends' };

/** The same blocks elsewhere. Zeroed they leave the loss alone and differ in what training costs; not zeroed, in the loss. */
function positions(base: Recipe): ComparePreset {
  const places = GAP_PRESETS.filter((gaps) => gaps !== 'spread');
  return {
    id: 'positions',
    title: 'Positions',
    reference: 'top:zero',
    arms: [
      BASE,
      ...places.flatMap((gaps) =>
        zeroedAndNot(gaps, `OpT-DeUS ${PLACES[gaps]}`, {
          ...withoutExtras(base),
          method: 'opt-deus:paper',
          gaps,
        }),
      ),
    ],
  };
}

/** An arm with its output projections zeroed, and with what the method computes for them. */
const zeroedAndNot = (id: string, title: string, recipe: Recipe): Arm[] => [
  { id: `${id}:zero`, title: `${title}, zeroed`, recipe: { ...recipe, zeroInit: true } },
  { id: `${id}:kept`, title: `${title}, not zeroed`, recipe: { ...recipe, zeroInit: false } },
];
