import { evaluate } from '../../llama/evaluate';
import { HiddenStateCache } from '../../llama/hidden-state-cache';
import { parseRecipe } from '../../upscale/recipe';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { baseModel, requestedModel } from './requested-model';
import { expectFinite } from '../jobs/errors';
import { windowsOf } from './ids';
import type { Evaluation } from '../jobs';
import type { CacheKey } from '../workspace/workspace';
import { now } from '../../now';

/** Hidden states that models of several recipes share on a text. */
const shared: CacheKey<HiddenStateCache> = {
  make: ({ backend }) => new HiddenStateCache(backend),
  clear: (states) => states.free(),
};

/** Evaluates the loss of the requested model on a text. */
export const evaluateText: Job<'evaluate'> = async (workspace, request, context): Promise<Evaluation> => {
  const recipe = request.recipe && parseRecipe(request.recipe);
  const { signal, emit } = context;
  const started = now();
  const { model, summary } = workspace;
  const windows = await windowsOf(model, request);
  const { model: asked, expansion } = await requestedModel(
    workspace,
    { ...request, recipe },
    {
      signal,
      onProgress: (progress) => emit({ type: 'progress', progress }),
    },
  );
  const result = await evaluate(asked, windows, {
    signal,
    onProgress: progress(context, 'Evaluating'),
    base: request.compareWithBase ? baseModel(workspace) : undefined,
    // Not shared with trained models, because training may change base blocks, embedding and head.
    shared: asked.weights === workspace.weights ? workspace.get(shared) : undefined,
  });
  expectFinite('loss per token', result.nll);
  const { loss, perplexity, nll, maxLogitDifference } = result;
  return {
    loss,
    perplexity,
    tokens: nll.length,
    nll,
    backend: summary.kind,
    milliseconds: now() - started,
    layers: asked.layers.length,
    parameters: expansion?.parameters ?? model.info.parameters,
    plans: expansion?.plans ?? [],
    ...(maxLogitDifference === undefined ? {} : { maxLogitDifference }),
  };
};
