import type { Tf, TfTensor } from './libraries';

/** Added to scores: nothing up to the query's own position, and too little to matter beyond. */
export const causalMask = (tf: Tf, tokens: number): TfTensor =>
  tf.tensor(
    Float32Array.from({ length: tokens * tokens }, (_, at) =>
      at % tokens > Math.floor(at / tokens) ? -1e9 : 0,
    ),
    [tokens, tokens],
  );

/** All operands `[…, heads, tokens, headDim]`. */
export const attend = (tf: Tf, q: TfTensor, k: TfTensor, v: TfTensor, mask: TfTensor): TfTensor =>
  tf.matMul(
    tf
      .matMul(q, k, false, true)
      .mul(1 / Math.sqrt(q.shape.at(-1) ?? 1))
      .add(mask)
      .softmax(),
    v,
  );
