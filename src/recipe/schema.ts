import * as v from 'valibot';

/** Id of a method. Which methods there are is not known here: whoever reads a recipe says it. */
export type MethodId = string;

const DEFAULT_METHOD = 'opt-deus:paper';

/** Named gap sets of method.md 3.5; `spread` is LLaMA-Pro's own (after the last block of every group). */
export const GAP_PRESETS = ['top', 'middle', 'bottom', 'ends', 'spread'] as const;
export type GapPreset = (typeof GAP_PRESETS)[number];

/** `method` leaves the kind to the method: entropic, or exact for `opt-deus:hard`. */
export const SOLVER_KINDS = ['method', 'sinkhorn', 'exact', 'unbalanced', 'progot'] as const;
/** How ProgOT's steps share the way (constant, decelerating or accelerating speed). */
export const PROGOT_SCHEDULES = ['constant', 'decelerating', 'accelerating'] as const;
/** What learns of a deeper model: what the method's authors train, the new blocks, or all blocks. */
export const TRAINED = ['method', 'new', 'all'] as const;
export const LEARNING_RATES = ['constant', 'cosine', 'wsd'] as const;
/** A block's tensors, weights and biases together. */
export const BLOCK_TENSORS = [
  'input_layernorm',
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'post_attention_layernorm',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;
export const COST_METRICS = ['method', 'euclidean', 'squared', 'cosine'] as const;
export const COST_ROWS = ['method', 'raw', 'unit'] as const;
export const COST_SCALES = ['method', 'none', 'max', 'mean', 'median'] as const;
export const COST_FEATURES = ['weights', 'activations'] as const;
/** Texts that are shipped, for activations. */
export const FEATURE_TEXTS = ['fairy', 'observatory'] as const;
/** A file of one's own: its name and the first 16 hexadecimal digits of its SHA-256, so that no other is taken for it. */
const TEXT_FILE = /^file:[^/\\@]{1,200}@[0-9a-f]{16}$/;
/** The streams between the blocks of the base model are kept for as many tokens. */
export const MAX_FEATURE_TOKENS = 1024;

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

const positive = (name: string, example: string) =>
  v.pipe(
    v.number(),
    v.finite(),
    v.check((value) => value > 0, `expected ${name} above 0, for example ${example}`),
  );

const fraction = (name: string) =>
  v.pipe(
    v.number(),
    v.check((value) => value >= 0 && value <= 1, `expected ${name} from 0 to 1`),
  );

const SolverSchema = v.object({
  kind: v.optional(v.picklist(SOLVER_KINDS), 'method'),
  /** Entropic regularisation in units of the cost. */
  epsilon: positive('ε', '0.06'),
  /** Where a method takes ε from the cost: ε = spread · std(M), over all entries of the cost M. */
  spread: v.optional(positive('a spread', '0.05'), 0.05),
  /** Where a method takes ε from the cost: the plan perplexity to bisect ε to, as a share of n (1 is uniform); null uses `spread`. */
  targetPerplexity: v.optional(
    v.nullable(
      v.pipe(
        v.number(),
        v.check((t) => t > 0 && t <= 1, 'expected a share of n above 0 and up to 1, for example 0.1'),
      ),
    ),
    null,
  ),
  /** Stop at this L1 error of the column marginal. f32 cannot reach below about 1e-6. */
  tolerance: v.pipe(v.number(), v.minValue(1e-7), v.maxValue(0.1)),
  /** Full iterations (two half-steps each). */
  maxIterations: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)),
  /** Unbalanced: strength of the Kullback–Leibler relaxed marginals, in units of the cost. */
  rho: v.optional(positive('ρ', '1'), 1),
  /** ProgOT: number of steps. */
  steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)), 4),
  schedule: v.optional(v.picklist(PROGOT_SCHEDULES), 'constant'),
});

/** The ground cost between the rows of two blocks; `method` leaves a part to the method. */
const CostSchema = v.object({
  metric: v.optional(v.picklist(COST_METRICS), 'method'),
  rows: v.optional(v.picklist(COST_ROWS), 'method'),
  scale: v.optional(v.picklist(COST_SCALES), 'method'),
  /**
   * What is compared: rows of weights, or for activations what neurons answer to a text in the base model, centred, at unit
   * length: the metric `method` is then 1 − correlation.
   */
  features: v.optional(v.picklist(COST_FEATURES), 'weights'),
  /** For activations: one of `FEATURE_TEXTS`, or a file as file:NAME@DIGEST. */
  text: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => FEATURE_TEXTS.some((name) => name === text) || TEXT_FILE.test(text),
        `expected ${FEATURE_TEXTS.join(', ')}, or a file as file:NAME@ and 16 hexadecimal digits`,
      ),
    ),
    'fairy',
  ),
  /** For activations: the last tokens of the text; what is evaluated is read from its start. */
  tokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_FEATURE_TOKENS)), 256),
});

const SliceSchema = v.pipe(
  v.object({
    /** First base block. */
    start: gapIndex,
    /** One past the last base block. */
    end: gapIndex,
    /** Multiplies o_proj and down_proj of the slice's blocks; 0 makes them the identity. Absent or null leaves them. */
    scale: v.exactOptional(v.nullable(v.pipe(v.number(), v.finite()))),
  }),
  v.check(({ start, end }) => end > start, 'expected a slice whose end is above its start, such as 0-6'),
);
export type Slice = v.InferOutput<typeof SliceSchema>;

const StructuredSchema = v.object({
  /** Fit a rotation per rotary pair to queries and keys, the only maps that commute with RoPE. */
  rotate: v.optional(v.boolean(), false),
  /** Rescale every fused row to the mean of its parents' norms. */
  repairNorms: v.optional(v.boolean(), false),
  /** Add the columns of down_proj to the features of an MLP unit. */
  down: v.optional(v.boolean(), false),
});

const integerIn = (name: string, least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `expected ${name} to be a whole number from ${least} to ${most}`,
    ),
  );

/** How the deeper model is trained. Which text on is not the recipe's: a link cannot carry it. */
const TrainingSchema = v.object({
  trains: v.optional(v.picklist(TRAINED), 'method'),
  /** Which tensors of the blocks that learn; null is all. */
  tensors: v.optional(
    v.nullable(v.pipe(v.array(v.picklist(BLOCK_TENSORS)), v.minLength(1, 'expected at least one tensor'))),
    null,
  ),
  embedding: v.optional(v.boolean(), false),
  finalNorm: v.optional(v.boolean(), false),
  head: v.optional(v.boolean(), false),
  /** Optimiser steps on texts, and then on pairs of instruction and response. */
  steps: v.optional(integerIn('the steps', 0, 1e6), 80),
  tuningSteps: v.optional(integerIn('the tuning steps', 0, 1e6), 0),
  /** Windows in a batch, batches in a step, tokens in a window. */
  batch: v.optional(integerIn('the batch', 1, 4096), 8),
  accumulation: v.optional(integerIn('the accumulation', 1, 4096), 1),
  context: v.optional(integerIn('the context', 2, 131_072), 128),
  /** Largest learning rate. */
  rate: v.optional(
    v.pipe(
      v.number(),
      v.check(
        (rate) => rate > 0 && rate <= 1,
        'expected a learning rate above 0 and at most 1, such as 0.001',
      ),
    ),
    1e-3,
  ),
  schedule: v.optional(v.picklist(LEARNING_RATES), 'wsd'),
  /** Share of the steps over which the rate rises from 0. */
  warmup: v.optional(fraction('a warm-up'), 0.125),
  /** wsd: share of the steps, at the end, over which it falls to 0. */
  decay: v.optional(fraction('a decay'), 0.3),
  /** Decoupled, on every tensor that learns. */
  weightDecay: v.optional(fraction('a weight decay'), 0.1),
  betas: v.optional(
    v.strictTuple([
      v.pipe(v.number(), v.minValue(0), v.maxValue(0.9999)),
      v.pipe(v.number(), v.minValue(0), v.maxValue(0.99999)),
    ]),
    [0.9, 0.95],
  ),
  eps: v.optional(positive('eps', '1e-8'), 1e-8),
  /** Largest norm of the whole gradient; null leaves it. */
  clip: v.optional(v.nullable(positive('a norm', '1')), 1),
  /** Draws the order of the batches. */
  seed: v.optional(integerIn('the seed', 0, 0xffffffff), 0),
});

const recipeSchema = (methods: readonly MethodId[]) =>
  v.object({
    version: v.literal(1),
    model: ModelSource,
    method: v.picklist(methods),
    gaps: v.union([
      v.picklist(GAP_PRESETS),
      v.pipe(v.array(gapIndex), v.minLength(1, 'expected at least one gap')),
    ]),
    solver: SolverSchema,
    cost: v.optional(CostSchema, {}),
    /** new = alpha · (moved previous) + (1 − alpha) · next, wherever the paper writes ½. */
    alpha: v.optional(fraction('alpha'), 0.5),
    /** LLaMA-Pro: a copy after every this many blocks (gap preset `spread`). */
    group: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1, 'expected groups of at least 1 block')),
      2,
    ),
    /** passthrough: the base blocks of the new model, slice after slice. */
    slices: v.optional(
      v.nullable(v.pipe(v.array(SliceSchema), v.minLength(1, 'expected at least one slice'))),
      null,
    ),
    /** Base blocks to use as previous and next in a gap, by gap, instead of those on both sides of it. */
    parents: v.optional(
      v.record(
        v.pipe(v.string(), v.regex(/^(0|[1-9]\d{0,8})$/, 'expected gap numbers')),
        v.strictTuple([gapIndex, gapIndex]),
      ),
      {},
    ),
    structured: v.optional(StructuredSchema, {}),
    training: v.optional(TrainingSchema, {}),
    /** Zero o_proj and down_proj of new blocks. `method` leaves it to the method. */
    zeroInit: v.union([v.literal('method'), v.boolean()]),
    /** Starts the potentials at random where it is not 0 (0 starts at zero, as POT does); seeds sampling. */
    seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
  });

/** One experiment, complete: the state in a link, the file beside a checkpoint, the argument of the command line. */
export type Recipe = v.InferOutput<ReturnType<typeof recipeSchema>>;

/** The recipe of a page or a command that says nothing; what is left out here is the schema's default. */
export const DEFAULT_RECIPE: Recipe = v.parse(recipeSchema([DEFAULT_METHOD]), {
  version: 1,
  model: { kind: 'shipped' },
  method: DEFAULT_METHOD,
  gaps: 'top',
  solver: { epsilon: 0.06, tolerance: 1e-5, maxIterations: 2000 },
  zeroInit: 'method',
  seed: 0,
});

/** A recipe, or a part of one, is not what the schema asks. */
export class RecipeError extends Error {
  override name = 'RecipeError';
}

/**
 * Checks unknown data against the schema.
 * @param methods ids of the methods there are.
 * @throws RecipeError naming the field, what it expected and what came.
 */
export function parseRecipe(data: unknown, methods: readonly MethodId[]): Recipe {
  const result = v.safeParse(recipeSchema(methods), data);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? 'recipe';
  const hint = issue.message.startsWith('expected')
    ? issue.message
    : `expected ${issue.expected ?? 'another value'}`;
  throw new RecipeError(`${path}: ${hint}, got ${issue.received}. Correct that field and try again.`);
}
