import type { Matrix } from './matrix';
import type { Rounding } from './rounding';
import type { Settings } from './settings';
import { Tape, type Variable } from './tape';

/** Weights by name: those of a block without its prefix, those outside the blocks by their whole names. */
export type Weights = ReadonlyMap<string, Matrix>;

/** A block and the base block whose window and rotary embedding it has. */
export interface TwinBlock {
  readonly weights: Weights;
  readonly like: number;
}

export interface TwinModel {
  readonly settings: Settings;
  readonly outer: Weights;
  readonly blocks: readonly TwinBlock[];
}

/** A sequence with the first token that is predicted (1 or later). */
export interface Sequence {
  readonly ids: readonly number[];
  readonly from: number;
}

export interface Evaluation {
  /** −log p of every counted token, sequence after sequence. */
  readonly nll: Float64Array;
  readonly loss: number;
  /** Logits after the last input of every sequence. */
  readonly lastLogits: Float64Array;
  /** Slopes of the loss by `block index.name` or the whole name of an outer tensor. */
  readonly slopes: ReadonlyMap<string, Float64Array>;
  /** Activations of every block by name: one matrix `[tokens, width]` over all sequences' inputs. */
  readonly activations: readonly ReadonlyMap<string, readonly Matrix[]>[];
}

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';
const FINAL_NORM = 'model.norm.weight';

/** Runs a model on sequences, forth and back: loss, and its slope by every weight. */
export function run(model: TwinModel, sequences: readonly Sequence[], rounding: Rounding): Evaluation {
  const { settings, outer, blocks } = model;
  const tape = new Tape(rounding);
  const variables = (weights: Weights): Map<string, Variable> =>
    new Map([...weights].map(([name, matrix]) => [name, tape.variable(matrix)]));
  const own = variables(outer);
  const owns = blocks.map(({ weights }) => variables(weights));
  const activations = blocks.map(() => new Map<string, Matrix[]>());
  const embedding = must(own, EMBEDDING);
  const counted = sequences.reduce((sum, { ids, from }) => sum + ids.length - from, 0);
  const nll: number[] = [];
  const last: number[] = [];
  for (const { ids, from } of sequences) {
    const inputs = ids.slice(0, -1);
    let x = tape.embedding(embedding, inputs, settings.embeddingFactor);
    for (const [i, { like }] of blocks.entries())
      x = block(tape, settings, owns[i] ?? new Map(), like, x, activations[i] ?? new Map());
    const normed = tape.norm(x, must(own, FINAL_NORM), settings.normEpsilon, settings.gainOffset);
    const products = tape.linear(normed, settings.tied ? embedding : must(own, HEAD));
    const scaled =
      settings.logitDivisor === 1
        ? products
        : tape.map(
            products,
            (value) => {
              const scaledValue = value / settings.logitDivisor;
              const slope = 1 / settings.logitDivisor;
              return { value: scaledValue, size: Math.abs(scaledValue), slope, slopeSize: slope };
            },
            2,
          );
    const logits = settings.logitCap === null ? scaled : tape.softCap(scaled, settings.logitCap);
    last.push(...logits.values.slice(-logits.columns));
    const weights = inputs.map((_, t) => (t + 1 >= from ? 1 / counted : 0));
    const losses = tape.negativeLogLikelihoods(logits, ids.slice(1), weights);
    nll.push(...losses.subarray(from - 1));
  }
  tape.backward();
  const slopes = new Map<string, Float64Array>();
  for (const [name, { slope }] of own) slopes.set(name, slope);
  for (const [i, weights] of owns.entries())
    for (const [name, { slope }] of weights) slopes.set(`${i}.${name}`, slope);
  const sum = nll.reduce((a, b) => a + b, 0);
  return {
    nll: Float64Array.from(nll),
    loss: sum / nll.length,
    lastLogits: Float64Array.from(last),
    slopes,
    activations,
  };
}

function block(
  tape: Tape,
  settings: Settings,
  weights: ReadonlyMap<string, Variable>,
  like: number,
  x: Variable,
  seen: Map<string, Matrix[]>,
): Variable {
  const { heads, kvHeads, headDim, norms, normEpsilon, gainOffset, queryKeyNorms } = settings;
  const layer = settings.layers[like];
  if (!layer) throw new Error(`no layer ${like}`);
  const note = (name: string, value: Variable): Variable => {
    seen.set(name, [...(seen.get(name) ?? []), value]);
    return value;
  };
  const linear = (name: string, input: Variable): Variable =>
    note(name, tape.linear(input, must(weights, `${name}.weight`), weights.get(`${name}.bias`)));
  const norm = (name: string, input: Variable): Variable =>
    tape.norm(input, must(weights, `${name}.weight`), normEpsilon, gainOffset);
  const before = norms !== 'after';
  const [afterAttention, beforeMlp, afterMlp] = {
    before: [undefined, 'post_attention_layernorm', undefined],
    after: ['post_attention_layernorm', undefined, 'post_feedforward_layernorm'],
    both: ['post_attention_layernorm', 'pre_feedforward_layernorm', 'post_feedforward_layernorm'],
  }[norms];

  const read = before ? norm('input_layernorm', x) : x;
  const rotation = layer.rotation?.(x.rows);
  const turned = (value: Variable): Variable => (rotation ? tape.rotary(value, headDim, rotation) : value);
  const ready = (name: string, gain: string): Variable => {
    const raw = linear(name, read);
    return turned(queryKeyNorms ? norm(gain, raw) : raw);
  };
  const attended = note(
    'heads',
    tape.attention(
      ready('self_attn.q_proj', 'self_attn.q_norm'),
      ready('self_attn.k_proj', 'self_attn.k_norm'),
      linear('self_attn.v_proj', read),
      { heads, kvHeads, headDim, scale: settings.scoreScale, window: layer.window, cap: settings.scoreCap },
    ),
  );
  const added = (name: string, input: Variable, gain: string | undefined): Variable => {
    const made = linear(name, input);
    return gain === undefined ? made : norm(gain, made);
  };
  const middle = tape.sum(x, added('self_attn.o_proj', attended, afterAttention), settings.residualFactor);
  const input = beforeMlp === undefined ? middle : norm(beforeMlp, middle);
  const units = note(
    'mlp.units',
    tape.gated(linear('mlp.gate_proj', input), linear('mlp.up_proj', input), settings.activation),
  );
  return tape.sum(middle, added('mlp.down_proj', units, afterMlp), settings.residualFactor);
}

function must(weights: ReadonlyMap<string, Variable>, name: string): Variable {
  const found = weights.get(name);
  if (found) return found;
  throw new Error(`the twin has no ${name}`);
}
