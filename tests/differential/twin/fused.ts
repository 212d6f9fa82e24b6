import type { Recipe } from '../../../src/recipe/schema';
import { normals } from '../../../src/transport/random';
import { at, type Matrix, mixed, product, rowNorms, scaled, tabulated, zeros } from './matrix';
import type { Weights } from './model';
import { applied, type Report, solvedPlan, type Solving, type TwinPlan } from './plan';
import type { Rounding } from './rounding';
import type { Settings } from './settings';

export const PROJECTIONS = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** Matrices compared in place of weights: `[neurons, tokens]` by projection, and `heads` `[tokens, heads · h]`. */
export type Features = ReadonlyMap<string, Matrix>;

/** What a new block is made of. */
export interface Making {
  readonly settings: Settings;
  readonly recipe: Recipe;
  readonly zeroInit: boolean;
  readonly previous: Weights;
  readonly next: Weights;
  readonly features: { readonly previous: Features; readonly next: Features } | undefined;
  /** What the backend reported of each plan, by its name. */
  readonly reports: ReadonlyMap<string, Report>;
  readonly rounding: Rounding;
}

export interface Made {
  readonly weights: Map<string, Matrix>;
  /** By tensor, of one head `tensor/head`. */
  readonly plans: Map<string, TwinPlan>;
}

export const weightOf = (weights: Weights | Features, name: string): Matrix => {
  const found = weights.get(name);
  if (found) return found;
  throw new Error(`the twin has no ${name}`);
};

export const isNorm = (name: string): boolean => name.endsWith('norm.weight');
export const isOutput = (name: string): boolean => /^(self_attn\.o_proj|mlp\.down_proj)\./.test(name);

/** Vectors with one number for every row of a projection. */
export function companions(settings: Settings, tensor: Projection): string[] {
  const norm = {
    'self_attn.q_proj': 'self_attn.q_norm.weight',
    'self_attn.k_proj': 'self_attn.k_norm.weight',
  }[tensor as string];
  return [`${tensor}.bias`, ...(norm && settings.queryKeyNorms === 'width' ? [norm] : [])];
}

export const isCompanionNorm = (settings: Settings, name: string): boolean =>
  settings.queryKeyNorms === 'width' && /self_attn\.[qk]_norm/.test(name);

/** The norm that reads the stream between attention and MLP. */
const normBeforeMlp = ({ norms }: Settings): string | undefined =>
  ({ before: 'post_attention_layernorm.weight', both: 'pre_feedforward_layernorm.weight', after: undefined })[
    norms
  ];

/** α·x + (1 − α)·y. */
export const fused = ({ recipe: { alpha }, rounding }: Making, x: Matrix, y: Matrix): Matrix =>
  mixed(x, alpha, y, 1 - alpha, rounding);

interface Flow {
  readonly rescaled: boolean;
  readonly mixedInput: boolean;
  readonly solving: Solving;
}

/** The variants of docs/method.md 5, with what the recipe overrides. */
export function flowOf(recipe: Recipe): Flow {
  const { method, solver, cost } = recipe;
  const [tf, structured] = [method === 'opt-deus:tf', method === 'opt-deus:structured'];
  const kind = solver.kind === 'method' ? (method === 'opt-deus:hard' ? 'exact' : 'sinkhorn') : solver.kind;
  const bisected =
    structured && solver.targetPerplexity !== null && ['method', 'sinkhorn'].includes(solver.kind);
  const metric =
    cost.metric !== 'method' ? cost.metric : cost.features === 'activations' ? 'cosine' : 'euclidean';
  return {
    rescaled: method !== 'opt-deus:literal',
    mixedInput: tf,
    solving: {
      kind,
      relative: method === 'opt-deus:relative' || bisected,
      cost: {
        metric,
        rows: cost.rows === 'method' ? (tf ? 'unit' : 'raw') : cost.rows,
        scale: cost.scale === 'method' ? (tf ? 'max' : 'none') : cost.scale,
      },
      recipe,
    },
  };
}

/** What both flows begin with: where results are put, the plan of two matrices as a map of rows, and the rows that are compared. */
export function solving(making: Making, rescaled: boolean) {
  const { recipe, previous, next, features, reports, rounding } = making;
  const settings = flowOf(recipe).solving;
  const made: Made = { weights: new Map(), plans: new Map() };
  const solve = (name: string, a: Matrix, b: Matrix): Matrix => {
    const plan = solvedPlan(a, b, settings, reports.get(name), rounding);
    made.plans.set(name, plan);
    return applied(plan, rescaled, rounding);
  };
  const compared = (tensor: Projection): [Matrix, Matrix] =>
    features
      ? [weightOf(features.previous, tensor), weightOf(features.next, tensor)]
      : [weightOf(previous, `${tensor}.weight`), weightOf(next, `${tensor}.weight`)];
  return { made, solve, compared };
}

/** The plain flow of docs/method.md 3.2 and 3.8: every projection has a plan of its own, and that of o moves the inputs of gate and up. */
export function plainFlow(
  making: Making,
  byHeads: (
    tensor: Projection,
    heads: number,
  ) => { move: (x: Matrix) => Matrix; plans: Map<string, TwinPlan> },
): Made {
  const { settings, recipe, previous, next, features, rounding, zeroInit } = making;
  const { rescaled, mixedInput } = flowOf(recipe);
  const { made, solve, compared } = solving(making, rescaled);
  const output = solve('self_attn.o_proj', ...compared('self_attn.o_proj'));
  /** X·(½T_o + ½I). */
  const mixedMap = (x: Matrix): Matrix => mixed(product(x, output, rounding), 0.5, x, 0.5, rounding);
  for (const tensor of PROJECTIONS) {
    const key = `${tensor}.weight`;
    const keys = companions(settings, tensor).filter((name) => previous.has(name));
    if (zeroInit && isOutput(key)) {
      for (const name of [key, ...keys]) made.weights.set(name, zeroOf(previous, name));
      continue;
    }
    const heads = {
      'self_attn.q_proj': settings.heads,
      'self_attn.k_proj': settings.kvHeads,
      'self_attn.v_proj': settings.kvHeads,
    }[tensor as string];
    let source = weightOf(previous, key);
    let move: (x: Matrix) => Matrix;
    if (features && heads !== undefined) {
      const matched = byHeads(tensor, heads);
      for (const [name, plan] of matched.plans) made.plans.set(name, plan);
      move = matched.move;
    } else {
      if (tensor === 'mlp.gate_proj' || tensor === 'mlp.up_proj')
        source = mixedInput ? mixedMap(source) : product(source, output, rounding);
      const map =
        tensor === 'self_attn.o_proj'
          ? output
          : features
            ? solve(tensor, ...compared(tensor))
            : solve(tensor, source, weightOf(next, key));
      move = (x) => product(map, x, rounding, { left: true });
    }
    made.weights.set(key, fused(making, move(source), weightOf(next, key)));
    for (const name of keys) {
      const column = { ...weightOf(previous, name), rows: source.rows, columns: 1 };
      const moved = { ...move(column), rows: 1, columns: source.rows };
      made.weights.set(name, fused(making, moved, weightOf(next, name)));
    }
  }
  for (const [name, gain] of previous) {
    if (!isNorm(name) || isCompanionNorm(settings, name)) continue;
    const offset = settings.gainOffset;
    let from = gain;
    if (name === normBeforeMlp(settings)) {
      const acting = mixedMap(shifted(gain, offset, rounding));
      from = shifted(acting, -offset, rounding);
    }
    made.weights.set(name, fused(making, from, weightOf(next, name)));
  }
  return made;
}

export const zeroOf = (weights: Weights, name: string): Matrix => {
  const { rows, columns } = weightOf(weights, name);
  return zeros(rows, columns);
};

const shifted = (x: Matrix, by: number, rounding: Rounding): Matrix =>
  by === 0
    ? x
    : { ...x, values: x.values.map((value) => rounding.near(value + by, 1, Math.abs(value) + Math.abs(by))) };

/** Gives every row the norm α·‖previous‖ + (1 − α)·‖next‖; returns the factors too. A row of zeros stays as it is. */
export function repaired(
  { recipe: { alpha }, rounding }: Making,
  made: Matrix,
  before: Float64Array,
  after: Float64Array,
): { made: Matrix; factors: Float64Array } {
  const factors = rowNorms(made, rounding).map((norm, i) =>
    norm > 0
      ? rounding.near((alpha * (before[i] as number) + (1 - alpha) * (after[i] as number)) / norm, 6)
      : 1,
  );
  return {
    made: tabulated(made.rows, made.columns, (i, j) =>
      rounding.near(at(made, i, j) * (factors[i] as number), 2),
    ),
    factors,
  };
}

/**
 * Methods without plans (README, docs/method.md 3.8). `first` is base block 0, `predicted` the matrices of `lesa`, whose networks are tested elsewhere: their
 * training is so sensitive to rounding (6.4) that two right answers differ by a tenth.
 */
export function withoutPlan(
  making: Making,
  method: string,
  { gap, first, predicted }: { gap: number; first: Weights; predicted: Weights },
): Map<string, Matrix> {
  const { settings, recipe, previous, next, rounding, zeroInit } = making;
  const { alpha, seed } = recipe;
  const made = new Map<string, Matrix>();
  for (const [index, [name, before]] of [...previous].entries()) {
    const after = weightOf(next, name);
    const mean = (): Matrix => fused(making, before, after);
    const free = isNorm(name) && !isCompanionNorm(settings, name);
    if (zeroInit && isOutput(name)) made.set(name, zeroOf(previous, name));
    else if (method.startsWith('copy-previous') || method === 'llama-pro') made.set(name, before);
    else if (method.startsWith('copy-next')) made.set(name, after);
    else if (method === 'average' || method === 'average:zero') made.set(name, mean());
    else if (method === 'lesa')
      made.set(name, weightOf(name.endsWith('_proj.weight') ? predicted : first, name));
    else if (method === 'half-next') {
      if (name === normBeforeMlp(settings)) {
        const sum = mixed(before, alpha / 2, after, 1 - alpha, rounding);
        made.set(name, shifted(sum, (-alpha / 2) * settings.gainOffset, rounding));
      } else made.set(name, free ? mean() : scaled(after, 1 - alpha, rounding));
    } else if (method === 'random') {
      if (isNorm(name)) made.set(name, mean());
      else {
        const mixedSeed = (seed ^ Math.imul(gap + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
        const rows = { ...before, values: Float64Array.from(normals(before.values.length, mixedSeed)) };
        const norms = rowNorms(before, rounding).map(
          (norm, i) => alpha * norm + (1 - alpha) * (rowNorms(after, rounding)[i] as number),
        );
        const own = rowNorms(rows, rounding);
        made.set(
          name,
          tabulated(rows.rows, rows.columns, (i, j) =>
            norms[i] === 0
              ? 0
              : rounding.near((at(rows, i, j) * (norms[i] as number)) / (own[i] as number), 6),
          ),
        );
      }
    } else if (method === 'average:norms') {
      if (free || isCompanionNorm(settings, name)) made.set(name, mean());
      else if (name.endsWith('.weight')) {
        const { made: weight, factors } = repaired(
          making,
          mean(),
          rowNorms(before, rounding),
          rowNorms(after, rounding),
        );
        made.set(name, weight);
        const bias = name.replace('.weight', '.bias');
        const own = previous.get(bias);
        if (own) {
          const sum = fused(making, own, weightOf(next, bias));
          made.set(bias, {
            ...sum,
            values: sum.values.map((value, i) => rounding.near(value * (factors[i] as number), 2)),
          });
        }
      }
    } else throw new Error(`no twin of ${method}`);
  }
  return made;
}
