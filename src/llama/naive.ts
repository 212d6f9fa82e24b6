import type { LlamaConfig } from './config';
import { decode, encode } from '../checkpoint/dtype';
import type { TinyTensor } from './testing';

/** For tests: a simple float64 Llama forward pass from the published definition, independent of this project's code. */

type Vector = number[];

function at(list: ArrayLike<number>, index: number): number {
  const value = list[index];
  if (value === undefined) throw new Error(`no element ${index}`);
  return value;
}

/** Intermediate values of a forward pass. */
export interface NaiveTrace {
  /** The residual stream before every block and after the last, token by token. */
  readonly streams: Vector[][];
  /** Attention weights by block, head and query. */
  readonly attention: Vector[][][];
  /** Activations by block, name and token: projections (q and k before rotation), heads and MLP units. */
  readonly activations?: Map<string, Vector[]>[];
}

/** Returns the logits of every position. `angle(position, pair)` is the rotary angle. Fills `trace`. */
export function naiveLogits(
  config: LlamaConfig,
  tensors: ReadonlyMap<string, TinyTensor>,
  ids: readonly number[],
  angle: (position: number, pair: number) => number,
  trace?: NaiveTrace,
): Vector[] {
  const values = (name: string): Float32Array | undefined => {
    const tensor = tensors.get(name);
    return tensor && decode(encode(tensor.values, tensor.dtype), tensor.dtype);
  };
  const must = (name: string): Float32Array => {
    const found = values(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const linear = (name: string, x: Vector): Vector => {
    const weight = must(`${name}.weight`);
    const bias = values(`${name}.bias`);
    const rows = weight.length / x.length;
    return Array.from({ length: rows }, (_, row) => {
      let sum = bias === undefined ? 0 : at(bias, row);
      for (const [column, value] of x.entries()) sum += at(weight, row * x.length + column) * value;
      return sum;
    });
  };
  const norm = (name: string, x: Vector): Vector => {
    const gain = must(`${name}.weight`);
    const meanSquare = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    return x.map((value, i) => (value / Math.sqrt(meanSquare + config.rmsNormEps)) * at(gain, i));
  };
  const rotate = (x: Vector, position: number): Vector => {
    const h = config.headDim;
    return x.map((value, i) => {
      const inHead = i % h;
      const pair = inHead % (h / 2);
      const theta = angle(position, pair);
      const partner = inHead < h / 2 ? -at(x, i + h / 2) : at(x, i - h / 2);
      return value * Math.cos(theta) + partner * Math.sin(theta);
    });
  };
  const add = (x: Vector, y: Vector): Vector => x.map((value, i) => value + at(y, i));

  const embedding = tensors.has('model.embed_tokens.weight') ? 'model.embed_tokens' : 'lm_head';
  const d = config.hiddenSize;
  const table = must(`${embedding}.weight`);
  let stream = ids.map((id) => Array.from(table.subarray(id * d, (id + 1) * d)));
  for (let layer = 0; layer < config.layers; layer++) {
    const name = (tensor: string): string => `model.layers.${layer}.${tensor}`;
    trace?.streams.push(stream);
    const weights: Vector[][] = Array.from({ length: config.heads }, () => []);
    const normed = stream.map((x) => norm(name('input_layernorm'), x));
    const seen = new Map<string, Vector[]>();
    trace?.activations?.push(seen);
    const project = (tensor: string, inputs: Vector[]): Vector[] => {
      const outputs = inputs.map((x) => linear(name(tensor), x));
      seen.set(tensor, outputs);
      return outputs;
    };
    const queries = project('self_attn.q_proj', normed).map(rotate);
    const keys = project('self_attn.k_proj', normed).map(rotate);
    const valuesOf = project('self_attn.v_proj', normed);
    const mixed = queries.map((query, t) => {
      const out: Vector = [];
      for (let head = 0; head < config.heads; head++) {
        const group = Math.floor(head / (config.heads / config.kvHeads));
        const part = (x: Vector | undefined, index: number): Vector =>
          (x ?? []).slice(index * config.headDim, (index + 1) * config.headDim);
        const q = part(query, head);
        const scores = Array.from({ length: t + 1 }, (_, s) => {
          const k = part(keys[s], group);
          return q.reduce((sum, value, i) => sum + value * at(k, i), 0) / Math.sqrt(config.headDim);
        });
        const exps = scores.map((score) => Math.exp(score));
        const total = exps.reduce((sum, value) => sum + value, 0);
        weights[head]?.push(exps.map((value) => value / total));
        for (let i = 0; i < config.headDim; i++) {
          out.push(
            exps.reduce((sum, weight, s) => sum + (weight / total) * at(part(valuesOf[s], group), i), 0),
          );
        }
      }
      return out;
    });
    trace?.attention.push(weights);
    seen.set('self_attn.heads', mixed);
    const attended = project('self_attn.o_proj', mixed);
    stream = stream.map((x, t) => add(x, attended[t] ?? []));
    const after = stream.map((x) => norm(name('post_attention_layernorm'), x));
    const gates = project('mlp.gate_proj', after);
    const ups = project('mlp.up_proj', after);
    const units = gates.map((gate, t) => gate.map((g, i) => (g / (1 + Math.exp(-g))) * at(ups[t] ?? [], i)));
    seen.set('mlp.units', units);
    const outputs = project('mlp.down_proj', units);
    stream = stream.map((x, t) => add(x, outputs[t] ?? []));
  }
  trace?.streams.push(stream);
  const head = config.tied ? embedding : 'lm_head';
  return stream.map((x) => linear(head, norm('model.norm', x)));
}

/** Returns −log softmax(logits)[target]. */
export function naiveNll(logits: Vector, target: number): number {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return Math.log(total) - (logits[target] ?? Number.NaN);
}
