import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { Block } from '../llama/block';
import type { LlamaConfig } from '../llama/config';
import { blockTensor } from '../upscale/block/block-tensor';

/**
 * Mean entropy, in nats, of a block's causal attention over heads and queries. The first query is left out, because it
 * attends only to itself. Backends do not store scores, so this reads queries and keys to the host and computes the softmax
 * there: O(heads · tokens² · headDim), meant for a few hundred tokens.
 * @param stream residual stream before the block, `[tokens, hidden]`.
 * @param rope rotary table for at least `tokens` positions.
 */
export async function attentionEntropy(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  stream: Tensor,
  rope: Tensor,
  signal?: AbortSignal,
): Promise<number> {
  const { heads, kvHeads, headDim } = config;
  const [tokens = 0] = stream.shape;
  const scope = new Scope(backend);
  try {
    const gain = blockTensor(block, 'input_layernorm.weight');
    const normed = scope.own(backend.rmsNorm(stream, gain, config.rmsNormEps));
    const project = (name: string): Promise<Float32Array> => {
      const bias = block.get(`${name}.bias`);
      const weight = blockTensor(block, `${name}.weight`);
      const projected = backend.matmul(normed, weight, { orientation: 'nt', ...(bias ? { bias } : {}) });
      return backend.read(scope.own(backend.rope(scope.own(projected), rope, headDim, 0)));
    };
    const queries = await project('self_attn.q_proj');
    const keys = await project('self_attn.k_proj');
    let sum = 0;
    for (let head = 0; head < heads; head++) {
      signal?.throwIfAborted();
      const group = Math.floor((head * kvHeads) / heads);
      sum += headEntropy(
        { values: queries, width: heads * headDim, start: head * headDim },
        { values: keys, width: kvHeads * headDim, start: group * headDim },
        tokens,
        headDim,
      );
      await backend.settle();
    }
    return tokens > 1 ? sum / (heads * (tokens - 1)) : 0;
  } finally {
    scope.free();
  }
}

/** The columns of one head in a row-major matrix: `start` is the first, `width` the matrix's row length. */
interface Head {
  readonly values: Float32Array;
  readonly width: number;
  readonly start: number;
}

/** Sums the entropies of the softmax of all queries except the first. */
function headEntropy(query: Head, key: Head, tokens: number, headDim: number): number {
  const scores = new Float64Array(tokens);
  let sum = 0;
  for (let t = 1; t < tokens; t++) {
    const q = t * query.width + query.start;
    let largest = -Infinity;
    for (let s = 0; s <= t; s++) {
      const k = s * key.width + key.start;
      let score = 0;
      for (let i = 0; i < headDim; i++)
        score += (query.values[q + i] as number) * (key.values[k + i] as number);
      score /= Math.sqrt(headDim);
      scores[s] = score;
      largest = Math.max(largest, score);
    }
    // H = log Z − Σ p·x of the scores x minus their maximum.
    let [total, weighted] = [0, 0];
    for (let s = 0; s <= t; s++) {
      const shifted = (scores[s] as number) - largest;
      const weight = Math.exp(shifted);
      total += weight;
      weighted += weight * shifted;
    }
    sum += Math.log(total) - weighted / total;
  }
  return sum;
}
