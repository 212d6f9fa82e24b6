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

/**
 * Lists the presets for a recipe's model, solver, cost and seed. Every arm's recipe states all its settings (zeroing is never
 * left to the method), so that it means the same elsewhere.
 */
export function comparePresets(base: Recipe): readonly ComparePreset[] {
  return [paperTable(base), alignment(base), positions(base)];
}

const BASE: Arm = { id: 'base', title: 'Base model', recipe: null };

/** Resets settings that only some methods read, so that arms do not differ in them. */
const reset = (base: Recipe): Recipe => ({ ...base, slices: null, parents: {} });

/** The arms of the paper's main table, as released. They also differ in zeroing and gaps. */
function paperTable(base: Recipe): ComparePreset {
  const arm = (
    id: string,
    title: string,
    method: MethodId,
    zeroInit: boolean,
    gaps: Recipe['gaps'] = 'top',
  ): Arm => ({ id, title, recipe: { ...reset(base), method, zeroInit, gaps, group: 2, alpha: 0.5 } });
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

/** The arms of method.md section 5, which separate scale, diversity, zeroing and alignment. Each is zeroed and not zeroed. */
function alignment(base: Recipe): ComparePreset {
  return {
    id: 'alignment',
    title: 'Is it alignment?',
    reference: 'paper:zero',
    arms: [
      BASE,
      ...CAUSES.flatMap(([id, method, title, change]) =>
        variants(id, title, { ...reset(base), method, ...change?.(base) }),
      ),
    ],
  };
}

const PLACES = { top: 'at the top', middle: 'in the middle', bottom: 'at the bottom', ends: 'at both ends' };

/** The same method in other gaps. Zeroed arms differ in the cost of training, the others also in the loss. */
function positions(base: Recipe): ComparePreset {
  const places = GAP_PRESETS.filter((gaps) => gaps !== 'spread');
  return {
    id: 'positions',
    title: 'Positions',
    reference: 'top:zero',
    arms: [
      BASE,
      ...places.flatMap((gaps) =>
        variants(gaps, `OpT-DeUS ${PLACES[gaps]}`, { ...reset(base), method: 'opt-deus:paper', gaps }),
      ),
    ],
  };
}

/** An arm with zeroed output projections, and the same with computed ones. */
const variants = (id: string, title: string, recipe: Recipe): Arm[] => [
  { id: `${id}:zero`, title: `${title}, zeroed`, recipe: { ...recipe, zeroInit: true } },
  { id: `${id}:kept`, title: `${title}, not zeroed`, recipe: { ...recipe, zeroInit: false } },
];
