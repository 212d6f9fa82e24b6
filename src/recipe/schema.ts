import * as v from 'valibot';
import { HUB_EXPECTED, hubEndpoint, isHubFile, isHubRepo, isHubRevision } from './hub';
import { firstIssue } from '../issue';
import { LegibleError } from '../legible';
import { objectOf } from './object-of';

/** Id of a method. This room does not know the methods: functions that read recipes take a list of ids. */
export type MethodId = string;

const DEFAULT_METHOD = 'opt-deus:paper';

/** Presets of gaps (method.md 3.5). `spread` is LLaMA-Pro's: after the last block of every group. */
export const GAP_PRESETS = ['top', 'middle', 'bottom', 'ends', 'spread'] as const;
export type GapPreset = (typeof GAP_PRESETS)[number];

/** `method`: the method decides (entropic; exact for `opt-deus:hard`). */
export const SOLVER_KINDS = ['method', 'sinkhorn', 'exact', 'unbalanced', 'progot'] as const;
/** Speed of ProgOT's steps from the source to the target points. */
export const ACCELERATIONS = ['anderson', 'none'] as const;
export const PROGOT_SCHEDULES = ['constant', 'decelerating', 'accelerating'] as const;
/** Which blocks are trained: those that the method's authors train, the new ones, or all. */
export const TRAINED = ['method', 'new', 'all'] as const;
export const LEARNING_RATES = ['constant', 'cosine', 'wsd'] as const;
/** Tensors of a block; most architectures have only some of the norms. A bias belongs to its weight. */
export const BLOCK_TENSORS = [
  'input_layernorm',
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'self_attn.q_norm',
  'self_attn.k_norm',
  'post_attention_layernorm',
  'pre_feedforward_layernorm',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
  'post_feedforward_layernorm',
] as const;
export const COST_METRICS = ['method', 'euclidean', 'squared', 'cosine'] as const;
export const COST_ROWS = ['method', 'raw', 'unit'] as const;
export const COST_SCALES = ['method', 'none', 'max', 'mean', 'median'] as const;
export const COST_FEATURES = ['weights', 'activations'] as const;
/** Shipped texts for activations. */
export const FEATURE_TEXTS = ['fairy', 'observatory'] as const;
/** A user's file: its name and the first 16 hexadecimal digits of its SHA-256, which tell it from files of the same name. */
const TEXT_FILE = /^file:[^/\\@]{1,200}@[0-9a-f]{16}$/;
/** Limits the memory for the base model's residual streams, which are kept for all tokens. */
export const MAX_FEATURE_TOKENS = 1024;

const ModelSource = v.variant('kind', [
  v.object({ kind: v.literal('shipped') }),
  /** Address of a folder with config.json, model.safetensors …, as on the Hub. */
  v.object({
    kind: v.literal('url'),
    url: v.pipe(v.string(), v.url('expected an address such as https://host/folder/')),
  }),
  /** A repository on the Hugging Face Hub, or on another server of that kind. */
  v.object({
    kind: v.literal('hub'),
    repo: v.pipe(v.string(), v.check(isHubRepo, `expected ${HUB_EXPECTED}`)),
    revision: v.pipe(v.string(), v.check(isHubRevision, 'expected a branch, tag or commit such as main')),
    file: v.exactOptional(v.pipe(v.string(), v.check(isHubFile, 'expected a file such as model.gguf'))),
    endpoint: v.exactOptional(
      v.pipe(
        v.string(),
        v.check(
          (text) => hubEndpoint(text) === text,
          'expected the address of a Hub such as https://huggingface.co',
        ),
      ),
    ),
  }),
  /** Files that a user opened. Only the name is stored: a link cannot contain files. */
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

const SolverSchema = objectOf({
  kind: v.optional(v.picklist(SOLVER_KINDS), 'method'),
  /** ε in units of the cost. */
  epsilon: positive('ε', '0.06'),
  /** If a method takes ε from the cost: ε = spread · std(M), over all entries of the cost M. */
  spread: v.optional(positive('a spread', '0.05'), 0.05),
  /** If a method takes ε from the cost: the target plan perplexity as a fraction of n (1: uniform); null: use `spread`. */
  targetPerplexity: v.optional(
    v.nullable(
      v.pipe(
        v.number(),
        v.check((t) => t > 0 && t <= 1, 'expected a share of n above 0 and up to 1, for example 0.1'),
      ),
    ),
    null,
  ),
  /** The solve stops at this marginal error. f32 cannot reach less than about 1e-6. */
  tolerance: v.pipe(v.number(), v.minValue(1e-7), v.maxValue(0.1)),
  /** Iterations of two half-steps each. */
  maxIterations: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)),
  /** How iterations are accelerated. The film and the timeline of a plan show plain Sinkhorn. */
  acceleration: v.optional(v.picklist(ACCELERATIONS), 'anderson'),
  /** Unbalanced: weight of the marginals' Kullback–Leibler penalty, in units of the cost. */
  rho: v.optional(positive('ρ', '1'), 1),
  /** ProgOT: number of steps. */
  steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)), 4),
  schedule: v.optional(v.picklist(PROGOT_SCHEDULES), 'constant'),
});

/** The ground cost between the rows of two blocks. `method`: the method decides. */
const CostSchema = objectOf({
  metric: v.optional(v.picklist(COST_METRICS), 'method'),
  rows: v.optional(v.picklist(COST_ROWS), 'method'),
  scale: v.optional(v.picklist(COST_SCALES), 'method'),
  /**
   * Compared rows: weights, or the neurons' activations on a text in the base model, centred and at unit length. For
   * activations the metric `method` is 1 − correlation.
   */
  features: v.optional(v.picklist(COST_FEATURES), 'weights'),
  /** For activations: one of `FEATURE_TEXTS`, or file:NAME@DIGEST. */
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
  /** For activations: this many tokens from the end of the text; evaluations use its start. */
  tokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(MAX_FEATURE_TOKENS)), 256),
});

/** A number, or mergekit's filters: the first that is part of a tensor's whole name decides; `*` or none is part of all. */
const ScaleSchema = v.union([
  v.pipe(v.number(), v.finite()),
  v.pipe(
    v.array(
      objectOf({
        filter: v.exactOptional(v.pipe(v.string(), v.minLength(1, 'expected a part of a name'))),
        value: v.pipe(v.number(), v.finite()),
      }),
    ),
    v.minLength(1, 'expected at least one filter'),
  ),
]);
export type Scale = v.InferOutput<typeof ScaleSchema>;

const SliceSchema = v.pipe(
  objectOf({
    /** First base block. */
    start: gapIndex,
    /** One past the last base block. */
    end: gapIndex,
    /**
     * A number multiplies o_proj and down_proj of the slice's blocks; 0 makes the blocks identities. Filters multiply any tensor
     * of them; those of the first slice also the embedding, those of the last also final norm and head. Absent or null: no
     * scaling.
     */
    scale: v.exactOptional(v.nullable(ScaleSchema)),
  }),
  v.check(({ start, end }) => end > start, 'expected a slice whose end is above its start, such as 0-6'),
);
export type Slice = v.InferOutput<typeof SliceSchema>;

const StructuredSchema = objectOf({
  /** Fit one rotation per rotary pair to q and k; only these maps commute with RoPE. */
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

/** Names of dtypes as PyTorch and mergekit write them. */
export const DTYPES = ['float32', 'float16', 'bfloat16'] as const;
export type DTypeName = (typeof DTYPES)[number];

/** How the deeper model is trained. Texts are not part of a recipe, because a link cannot contain them. */
const TrainingSchema = objectOf({
  trains: v.optional(v.picklist(TRAINED), 'method'),
  /** Trained tensors of the trained blocks; null: all. */
  tensors: v.optional(
    v.nullable(v.pipe(v.array(v.picklist(BLOCK_TENSORS)), v.minLength(1, 'expected at least one tensor'))),
    null,
  ),
  embedding: v.optional(v.boolean(), false),
  finalNorm: v.optional(v.boolean(), false),
  head: v.optional(v.boolean(), false),
  /** Optimiser steps on texts, then on pairs of instruction and response. */
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
  /** Fraction of the steps during which the rate rises from 0. */
  warmup: v.optional(fraction('a warm-up'), 0.125),
  /** wsd: fraction of the steps, at the end, during which the rate falls to 0. */
  decay: v.optional(fraction('a decay'), 0.3),
  /** Decoupled weight decay of every trained tensor. */
  weightDecay: v.optional(fraction('a weight decay'), 0.1),
  betas: v.optional(
    v.strictTuple([
      v.pipe(v.number(), v.minValue(0), v.maxValue(0.9999)),
      v.pipe(v.number(), v.minValue(0), v.maxValue(0.99999)),
    ]),
    [0.9, 0.95],
  ),
  eps: v.optional(positive('eps', '1e-8'), 1e-8),
  /** The gradient's norm is clipped to this; null: no clipping. */
  clip: v.optional(v.nullable(positive('a norm', '1')), 1),
  /** Seed of the order of batches. */
  seed: v.optional(integerIn('the seed', 0, 0xffffffff), 0),
});

const recipeSchema = (methods: readonly MethodId[]) =>
  v.pipe(
    objectOf({
      version: v.literal(1),
      model: ModelSource,
      method: v.picklist(methods),
      gaps: v.union([
        v.picklist(GAP_PRESETS),
        v.pipe(v.array(gapIndex), v.minLength(1, 'expected at least one gap')),
      ]),
      solver: SolverSchema,
      cost: v.optional(CostSchema, {}),
      /** new = alpha · (moved previous) + (1 − alpha) · next; in the paper alpha is ½. */
      alpha: v.optional(fraction('alpha'), 0.5),
      /** LLaMA-Pro: one copy after every this many blocks (preset `spread`). */
      group: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(1, 'expected groups of at least 1 block')),
        2,
      ),
      /** passthrough: the base blocks of the deeper model, slice after slice. */
      slices: v.optional(
        v.nullable(v.pipe(v.array(SliceSchema), v.minLength(1, 'expected at least one slice'))),
        null,
      ),
      /**
       * dtype to which every tensor is rounded when the checkpoint is written, and dtype in which it is stored after that, as
       * mergekit's `dtype` and `out_dtype`; slices are scaled in between. null: the base's, and `dtype`.
       */
      dtype: v.optional(v.nullable(v.picklist(DTYPES)), null),
      outDtype: v.optional(v.nullable(v.picklist(DTYPES)), null),
      /** Parents [previous, next] by gap, for gaps whose parents are not its neighbours. */
      parents: v.optional(
        v.pipe(
          v.custom<Readonly<Record<string, [number, number]>>>(
            (value) => !Array.isArray(value),
            'expected an object',
          ),
          v.record(
            v.pipe(v.string(), v.regex(/^(0|[1-9]\d{0,8})$/, 'expected gap numbers')),
            v.strictTuple([gapIndex, gapIndex]),
          ),
        ),
        {},
      ),
      structured: v.optional(StructuredSchema, {}),
      training: v.optional(TrainingSchema, {}),
      /** Zero the output projections of new blocks. `method`: the method decides. */
      zeroInit: v.union([v.literal('method'), v.boolean()]),
      /** Seed of sampling and of the starting potentials; 0 starts them at zero, as POT does. */
      seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
      newLayers: v.exactOptional(v.unknown()),
      duplicates: v.exactOptional(v.unknown()),
      trained: v.exactOptional(v.unknown()),
    }),
    // interlayer.json beside a saved model has these facts too. Any other field is refused, because it may be a misspelt one.
    v.transform(({ newLayers: _, duplicates: __, trained: ___, ...recipe }) => recipe),
  );

/** Everything that decides a deeper model. Stored in links and beside checkpoints, read by the command line. */
export type Recipe = v.InferOutput<ReturnType<typeof recipeSchema>>;

/** The default recipe. Fields that are not listed have the schema's default. */
export const DEFAULT_RECIPE: Recipe = v.parse(recipeSchema([DEFAULT_METHOD]), {
  version: 1,
  model: { kind: 'shipped' },
  method: DEFAULT_METHOD,
  gaps: 'top',
  solver: { epsilon: 0.06, tolerance: 1e-5, maxIterations: 2000 },
  zeroInit: 'method',
  seed: 0,
});

/** A recipe or a part of it is invalid. */
export class RecipeError extends LegibleError {
  override name = 'RecipeError';
}

/**
 * Checks unknown data against the schema.
 * @param methods ids of all methods.
 * @throws RecipeError naming the field, what it expected and what it got.
 */
export function parseRecipe(data: unknown, methods: readonly MethodId[]): Recipe {
  const result = v.safeParse(recipeSchema(methods), data);
  if (result.success) return result.output;
  const { path, problem } = firstIssue(result.issues);
  throw new RecipeError(`${path ?? 'recipe'}: ${problem}. Correct that field and try again.`);
}
