import { evaluate } from '../llama/evaluate';
import { cutWindows, tokenIds } from '../llama/windows';
import { parseRecipe } from '../upscale/recipe';
import type { Job } from './context';
import { progress } from './context';
import { RequestError, expectFinite } from './errors';
import type { EvaluateRequest, Evaluation } from './jobs';
import type { OpenModel } from './model';

/** Loss of the base or of the deeper model on a text. */
export const evaluateText: Job<'evaluate'> = async (workspace, request, context): Promise<Evaluation> => {
  const recipe = request.recipe && parseRecipe(request.recipe);
  const { signal, emit } = context;
  const started = performance.now();
  const { model, summary } = workspace;
  const windows = await windowsOf(model, request);
  const { model: deepened, expansion } = await workspace.deepened(
    { ...request, recipe },
    {
      signal,
      onProgress: (progress) => emit({ type: 'progress', progress }),
    },
  );
  const result = await evaluate(deepened, windows, {
    signal,
    onProgress: progress(context, 'Evaluating'),
    base: request.compareWithBase ? workspace.base : undefined,
    // A training may have moved what all of them start from or end in.
    shared: deepened.weights === workspace.weights ? workspace.shared : undefined,
  });
  expectFinite('loss per token', result.nll);
  const { loss, perplexity, nll, maxLogitDifference } = result;
  return {
    loss,
    perplexity,
    tokens: nll.length,
    nll,
    backend: summary.kind,
    milliseconds: performance.now() - started,
    layers: deepened.layers.length,
    parameters: expansion?.parameters ?? model.info.parameters,
    plans: expansion?.plans ?? [],
    ...(maxLogitDifference === undefined ? {} : { maxLogitDifference }),
  };
};

/** The windows of a request's text or ids. @throws RequestError for a text of less than two tokens. */
export async function windowsOf(
  model: OpenModel,
  request: Pick<EvaluateRequest, 'text' | 'ids' | 'maxTokens' | 'oneWindow'>,
): Promise<Uint32Array[]> {
  const { vocabSize, context } = model.config;
  const all = tokenIds(await idsOf(model, request), vocabSize);
  const { maxTokens } = request;
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    throw new RequestError(`evaluate: expected at least 1 token to evaluate, got ${maxTokens}`);
  }
  // The first token is read, not predicted.
  const ids = maxTokens === undefined ? all : all.slice(0, maxTokens + 1);
  if (ids.length < 2) {
    throw new RequestError(
      `evaluate: expected a text of at least 2 tokens, got ${ids.length}. Give a longer text.`,
    );
  }
  return request.oneWindow ? [ids] : cutWindows(ids, context);
}

/** The request's ids, or those of its text. */
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
