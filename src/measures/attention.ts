import type { AttentionShape, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { addAttention, attentionShape, type BlockContext } from '../llama/forward';
import { Tape } from '../llama/tape';

/**
 * Mean entropy, in nats, of a block's causal attention over heads and queries. The first query is left out, because it
 * attends only to itself. Backends do not store scores, so this reads queries and keys to the host and computes the softmax
 * there: O(heads · tokens² · headDim), meant for a few hundred tokens.
 * @param stream residual stream before the block, `[tokens, hidden]`.
 * @param rope rotary table of the block's kind for at least `tokens` positions.
 */
export async function attentionEntropy(
  context: BlockContext,
  stream: Tensor,
  rope: Tensor | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const { backend, config } = context;
  const { heads, kvHeads, headDim } = config;
  const [tokens = 0] = stream.shape;
  const shape = attentionShape(context, { past: 0 });
  const scope = new Scope(backend);
  const tape = new Tape(backend);
  try {
    addAttention(context, scope.own(backend.weightedSum(stream, 1)), { rope, past: 0 }, tape);
    const queries = await backend.read(tape.get('query'));
    const keys = await backend.read(tape.get('keys'));
    let sum = 0;
    for (let head = 0; head < heads; head++) {
      signal?.throwIfAborted();
      const group = Math.floor((head * kvHeads) / heads);
      sum += headEntropy(
        { values: queries, width: heads * headDim, start: head * headDim },
        { values: keys, width: kvHeads * headDim, start: group * headDim },
        tokens,
        shape,
      );
      await backend.settle();
    }
    return tokens > 1 ? sum / (heads * (tokens - 1)) : 0;
  } finally {
    tape.free();
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
function headEntropy(
  query: Head,
  key: Head,
  tokens: number,
  { headDim, scale = 1, span = tokens, cap }: AttentionShape,
): number {
  const scores = new Float64Array(tokens);
  let sum = 0;
  for (let t = 1; t < tokens; t++) {
    const q = t * query.width + query.start;
    const first = Math.max(0, t + 1 - span);
    let largest = -Infinity;
    for (let s = first; s <= t; s++) {
      const k = s * key.width + key.start;
      let score = 0;
      for (let i = 0; i < headDim; i++)
        score += (query.values[q + i] as number) * (key.values[k + i] as number);
      score *= scale;
      if (cap !== undefined) score = cap * Math.tanh(score / cap);
      scores[s] = score;
      largest = Math.max(largest, score);
    }
    // H = log Z − Σ p·x of the scores x minus their maximum.
    let [total, weighted] = [0, 0];
    for (let s = first; s <= t; s++) {
      const shifted = (scores[s] as number) - largest;
      const weight = Math.exp(shifted);
      total += weight;
      weighted += weight * shifted;
    }
    sum += Math.log(total) - weighted / total;
  }
  return sum;
}
