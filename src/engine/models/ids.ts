import { cutWindows, checkTokenIds } from '../../llama/windows';
import { RequestError } from '../jobs/errors';
import type { EvaluateRequest } from '../jobs';
import type { OpenModel } from '../workspace/open-model';

/** Cuts a request's text or ids into windows. @throws RequestError for fewer than two tokens. */
export async function windowsOf(
  model: OpenModel,
  request: Pick<EvaluateRequest, 'text' | 'ids' | 'maxTokens' | 'oneWindow'>,
): Promise<Uint32Array[]> {
  const { vocabSize, context } = model.config;
  const all = checkTokenIds(await idsOf(model, request), vocabSize);
  const { maxTokens } = request;
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    throw new RequestError(`evaluate: expected at least 1 token to evaluate, got ${maxTokens}`);
  }
  // The first token has no prediction, so it is not counted.
  const ids = maxTokens === undefined ? all : all.slice(0, maxTokens + 1);
  if (ids.length < 2) {
    throw new RequestError(
      `evaluate: expected a text of at least 2 tokens, got ${ids.length}. Give a longer text.`,
    );
  }
  return request.oneWindow ? [ids] : cutWindows(ids, context);
}

/** Returns the request's ids, or the ids of its text. @throws RequestError for both or neither. */
export async function idsOf(
  model: OpenModel,
  { text, ids }: { readonly text?: string; readonly ids?: readonly number[] },
): Promise<readonly number[]> {
  if (ids && text === undefined) return ids;
  if (text !== undefined && !ids) return (await model.tokenizer()).encode(text);
  throw new RequestError(
    `expected either a text or token ids, got ${ids ? 'both' : 'neither'}: give one of them`,
  );
}
