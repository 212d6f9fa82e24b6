import { type Chain, sequence } from './onnx-chain';
import type { Constant } from './onnx-model';
import { type AttentionProblem, sampleRow } from './problem';

function attention(
  { tokens, heads, headDim, q, k, v }: AttentionProblem,
  step: Chain['step'],
  more: readonly Constant[],
): Chain {
  const width = heads * headDim;
  const operand = (name: string, values: Float32Array): Constant => ({
    name,
    shape: [1, tokens, width],
    values,
  });
  return {
    constants: [
      operand('q', q),
      operand('k', k),
      operand('v', v),
      { name: 'index', shape: [1], values: Int32Array.of(sampleRow(tokens)) },
      ...more,
    ],
    start: 'q',
    step,
    sample: (state) => [
      { op: 'Gather', inputs: [state, 'index'], outputs: ['sample'], attributes: { axis: 1 } },
    ],
    sampleShape: [1, 1, width],
  };
}

/** What its language models use. It is always causal. */
function groupQueryAttention(problem: AttentionProblem): Chain {
  const { tokens, heads } = problem;
  const step: Chain['step'] = (state, i) => ({
    nodes: [
      {
        op: 'GroupQueryAttention',
        domain: 'com.microsoft',
        inputs: [state, 'k', 'v', '', '', 'last', 'total'],
        outputs: [`state${i}`, `keys${i}`, `values${i}`],
        attributes: { num_heads: heads, kv_num_heads: heads },
      },
    ],
    state: `state${i}`,
  });
  return attention(problem, step, [
    { name: 'last', shape: [1], values: Int32Array.of(tokens - 1) },
    { name: 'total', shape: [1], values: Int32Array.of(tokens) },
  ]);
}

const causalMask = (tokens: number, shape: readonly number[]): Constant => ({
  name: 'mask',
  shape,
  values: Float32Array.from({ length: tokens * tokens }, (_, at) =>
    at % tokens > Math.floor(at / tokens) ? -1e9 : 0,
  ),
});

function multiHeadAttention(problem: AttentionProblem): Chain {
  const { tokens, heads } = problem;
  const node = {
    op: 'MultiHeadAttention',
    domain: 'com.microsoft',
    more: ['k', 'v', '', '', 'mask'],
    attributes: { num_heads: heads },
  };
  return attention(problem, (state, i) => sequence(state, i, [node]), [
    causalMask(tokens, [1, 1, tokens, tokens]),
  ]);
}

function composedAttention(problem: AttentionProblem): Chain {
  const { tokens, heads, headDim, k, v } = problem;
  const shapes = new Int32Array([tokens, heads, headDim]);
  const byHead = (name: string, values: Float32Array, transposed: boolean): Constant => ({
    name,
    shape: transposed ? [heads, headDim, tokens] : [heads, tokens, headDim],
    values: Float32Array.from({ length: values.length }, (_, at) => {
      const head = Math.floor(at / (tokens * headDim));
      const rest = at % (tokens * headDim);
      const [t, d] = transposed
        ? [rest % tokens, Math.floor(rest / tokens)]
        : [Math.floor(rest / headDim), rest % headDim];
      return values[t * heads * headDim + head * headDim + d] ?? NaN;
    }),
  });
  const step: Chain['step'] = (state, i) =>
    sequence(state, i, [
      { op: 'Transpose', attributes: { perm: [1, 0, 2] } },
      { op: 'MatMul', more: ['keys'] },
      { op: 'Mul', more: ['scale'] },
      { op: 'Add', more: ['mask'] },
      { op: 'Softmax', attributes: { axis: -1 } },
      { op: 'MatMul', more: ['values'] },
      { op: 'Transpose', attributes: { perm: [1, 0, 2] } },
    ]);
  const chain = attention(problem, step, [
    byHead('keys', k, true),
    byHead('values', v, false),
    { name: 'scale', shape: [1], values: Float32Array.of(1 / Math.sqrt(headDim)) },
    causalMask(tokens, [1, tokens, tokens]),
  ]);
  return {
    ...chain,
    constants: chain.constants.map((constant) =>
      constant.name === 'q' ? { ...constant, shape: [...shapes] } : constant,
    ),
    sample: (state) => [
      { op: 'Gather', inputs: [state, 'index'], outputs: ['sample'], attributes: { axis: 0 } },
    ],
    sampleShape: [1, heads, headDim],
  };
}

/** Ways to write attention. Not every device has them all. */
export const ATTENTIONS: readonly ((problem: AttentionProblem) => Chain)[] = [
  groupQueryAttention,
  multiHeadAttention,
  composedAttention,
];
