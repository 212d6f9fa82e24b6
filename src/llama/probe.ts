import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { EvaluationError } from './errors';
import type { ForwardOptions, LlamaModel } from './model';
import { type TokenProbability, distribution } from './distribution';
import { checkTokenIds } from './windows';

export interface ProbeOptions extends ForwardOptions {
  /** Index (from 0) of the token whose next token is predicted. Default: the last. */
  readonly at?: number | undefined;
  /** Number of most probable next tokens to return. Default 10. */
  readonly top?: number | undefined;
  /** Also apply the logit lens: final norm and head on the residual stream at `at` after the embedding and after every block. */
  readonly lens?: boolean | undefined;
}

/** Next-token prediction of the logit lens after a block. */
interface LensReading {
  /** Number of blocks passed: 0 is the embedding, the number of blocks is the whole model. */
  readonly depth: number;
  /** At most five tokens, the most probable first. */
  readonly top: readonly TokenProbability[];
  /** Probability of the actual next token; null at the end of the text. */
  readonly targetProbability: number | null;
  /** Entropy of the whole distribution, in nats. */
  readonly entropy: number;
}

export interface Probe {
  /** −log probability (nats) of every token except the first. */
  readonly nll: Float32Array;
  readonly next: readonly TokenProbability[];
  /** From the embedding up; empty unless requested. */
  readonly lens: readonly LensReading[];
}

const LENS_TOP = 5;

/**
 * Computes loss per token, next tokens and logit lens of one text in one forward pass. Softmax is computed in float64.
 * @throws EvaluationError if the text is empty or longer than the context, an id is outside the vocabulary, `at` is outside the
 *   text, or a result is not finite.
 */
export async function probe(
  model: LlamaModel,
  ids: ArrayLike<number>,
  { at, top = 10, lens = false, signal, onProgress }: ProbeOptions = {},
): Promise<Probe> {
  const tokens = checkedTokens(model, ids);
  const position = at ?? tokens.length - 1;
  checkOptions(position, tokens.length, top);
  const target = tokens[position + 1];
  const readings: LensReading[] = [];
  const scope = new Scope(model.backend, 'activations');
  try {
    const [hidden] = await model.hidden([tokens], {
      signal,
      onProgress,
      ...(lens && {
        onStream: async ({ depth, stream }) => {
          const { softmax, entropy } = distribution(await streamLogits(model, stream, position, signal));
          const targetProbability = target === undefined ? null : softmax.probability(target);
          readings.push({ depth, top: softmax.top(LENS_TOP), targetProbability, entropy });
        },
      }),
    });
    if (hidden === undefined) throw new EvaluationError('Expected one hidden state, got none. Try again.');
    scope.own(hidden);
    const { softmax } = distribution(await logitsAt(model, hidden, position, signal));
    return { nll: await losses(model, hidden, tokens, signal), next: softmax.top(top), lens: readings };
  } finally {
    scope.free();
  }
}

/** Returns the logits `[vocabulary]` of one row of a residual stream before the final norm. */
async function streamLogits(
  model: LlamaModel,
  stream: Tensor,
  row: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { backend } = model;
  const scope = new Scope(backend, 'activations');
  try {
    const picked = scope.own(model.rows(stream, row, 1));
    const normed = scope.own(await model.normed(picked, signal));
    return await logitsAt(model, normed, 0, signal);
  } finally {
    scope.free();
  }
}

async function logitsAt(
  model: LlamaModel,
  hidden: Tensor,
  row: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const logits = await model.logits(hidden, row, 1, signal);
  try {
    return await model.backend.read(logits);
  } finally {
    model.backend.free(logits);
  }
}

async function losses(
  model: LlamaModel,
  hidden: Tensor,
  ids: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { backend, logitRows } = model;
  const targets = ids.subarray(1);
  const nll = new Float32Array(targets.length);
  const scope = new Scope(backend, 'activations');
  try {
    for (let row = 0; row < targets.length; row += logitRows) {
      signal?.throwIfAborted();
      const chunk = targets.slice(row, row + logitRows);
      const logits = scope.own(await model.logits(hidden, row, chunk.length, signal));
      const index = scope.own(backend.upload(chunk, [chunk.length], 'u32', 'target ids'));
      nll.set(await backend.read(scope.own(backend.crossEntropy(logits, index))), row);
      scope.free();
    }
  } finally {
    scope.free();
  }
  const wrong = nll.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new EvaluationError(
      `Expected a finite loss of token ${wrong + 2}, got ${nll[wrong]}. Check the model's weights, or try the CPU backend.`,
    );
  }
  return nll;
}

function checkedTokens({ config }: LlamaModel, ids: ArrayLike<number>): Uint32Array {
  const { context, vocabSize } = config;
  if (ids.length >= 1 && ids.length <= context) return checkTokenIds(ids, vocabSize);
  throw new EvaluationError(
    `Expected a text of 1 to ${context} tokens (the model's context), got ${ids.length}. ` +
      `${ids.length === 0 ? 'Write something' : 'Shorten the text'}.`,
  );
}

function checkOptions(at: number, length: number, top: number): void {
  if (!(Number.isInteger(at) && at >= 0 && at < length)) {
    throw new EvaluationError(
      `Expected a position from 0 to ${length - 1}, got ${at}. Choose one within the text.`,
    );
  }
  if (!(Number.isInteger(top) && top >= 1)) {
    throw new EvaluationError(
      `Expected at least 1 next token to be asked for, got ${top}. Choose another number.`,
    );
  }
}
