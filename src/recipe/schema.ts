import * as v from 'valibot';

export const METHODS = [
  'opt-deus:literal',
  'opt-deus:paper',
  'opt-deus:hard',
  'average',
  'average:zero',
  'llama-pro',
] as const;
export type MethodId = (typeof METHODS)[number];

/** Named gap sets of method.md 3.5; `spread` is LLaMA-Pro's own (after every second block). */
export const GAP_PRESETS = ['top', 'middle', 'bottom', 'ends', 'spread'] as const;
export type GapPreset = (typeof GAP_PRESETS)[number];

const ModelSource = v.variant('kind', [
  v.object({ kind: v.literal('shipped') }),
  /** A folder address as the Hub lays it out: config.json, model.safetensors … below it. */
  v.object({
    kind: v.literal('url'),
    url: v.pipe(v.string(), v.url('expected an address such as https://host/folder/')),
  }),
  /** Files a person picked. Only the name is kept: a link cannot carry the files. */
  v.object({ kind: v.literal('local'), name: v.string() }),
]);
export type ModelSource = v.InferOutput<typeof ModelSource>;

const gapIndex = v.pipe(
  v.number(),
  v.integer('expected whole gap numbers'),
  v.minValue(0, 'expected gap numbers from 0'),
);

const RecipeSchema = v.object({
  version: v.literal(1),
  model: ModelSource,
  method: v.picklist(METHODS),
  gaps: v.union([
    v.picklist(GAP_PRESETS),
    v.pipe(v.array(gapIndex), v.minLength(1, 'expected at least one gap')),
  ]),
  solver: v.object({
    /** Entropic regularisation in units of the cost. */
    epsilon: v.pipe(
      v.number(),
      v.finite(),
      v.check((e) => e > 0, 'expected ε above 0, for example 0.06'),
    ),
    /** Stop at this L1 error of the column marginal. f32 cannot reach below about 1e-6. */
    tolerance: v.pipe(v.number(), v.minValue(1e-7), v.maxValue(0.1)),
    /** Full iterations (two half-steps each). */
    maxIterations: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)),
  }),
  /** Zero o_proj and down_proj of new blocks. `method` leaves it to the method: on for OpT-DeUS, average:zero and LLaMA-Pro. */
  zeroInit: v.union([v.literal('method'), v.boolean()]),
  /** Starts the potentials at random where it is not 0 (0 starts at zero, as POT does); seeds sampling. */
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
});

/** One experiment, complete: the state in a link, the file beside a checkpoint, the argument of the command line. */
export type Recipe = v.InferOutput<typeof RecipeSchema>;

export const DEFAULT_RECIPE: Recipe = {
  version: 1,
  model: { kind: 'shipped' },
  method: 'opt-deus:paper',
  gaps: 'top',
  solver: { epsilon: 0.06, tolerance: 1e-5, maxIterations: 2000 },
  zeroInit: 'method',
  seed: 0,
};

/** A recipe, or a part of one, is not what the schema asks. */
export class RecipeError extends Error {
  override name = 'RecipeError';
}

/**
 * Checks unknown data against the schema.
 * @throws RecipeError naming the field, what it expected and what came.
 */
export function parseRecipe(data: unknown): Recipe {
  const result = v.safeParse(RecipeSchema, data);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? 'recipe';
  const hint = issue.message.startsWith('expected')
    ? issue.message
    : `expected ${issue.expected ?? 'another value'}`;
  throw new RecipeError(`${path}: ${hint}, got ${issue.received}. Correct that field and try again.`);
}
