import type { TokenProbability } from '../../llama/distribution';
import { EvaluationError } from '../../llama/errors';
import { probe } from '../../llama/probe';
import { parseRecipe } from '../../upscale/recipe';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { requestedModel } from './requested-model';
import { idsOf } from './ids';
import { pieceReader, piecesOf } from './pieces';
import type { TokenChance } from '../jobs';

/** Reads a text with the requested model: loss per token, next tokens, and the logit lens by block. */
export const probeText: Job<'probe'> = async (workspace, request, context) => {
  const recipe = request.recipe && parseRecipe(request.recipe);
  const { signal, emit } = context;
  const { model } = workspace;
  // With a tokenizer that adds a start token, an empty text would be accepted as that token.
  if (request.text === '') throw new EvaluationError('Expected a text, got an empty one. Write something.');
  const ids = await idsOf(model, request);
  const tokenizer = model.info.hasTokenizer ? await model.tokenizer() : undefined;
  const pieceOf = pieceReader(tokenizer);
  const { model: asked, expansion } = await requestedModel(
    workspace,
    { ...request, recipe },
    { signal, onProgress: (made) => emit({ type: 'progress', progress: made }) },
  );
  const { at, top, lens } = request;
  const read = await probe(asked, ids, {
    at,
    top,
    lens,
    signal,
    onProgress: progress(context, 'Reading'),
  });
  const named = (chances: readonly TokenProbability[]): TokenChance[] =>
    chances.map(({ id, probability }) => ({ id, piece: pieceOf(id), probability }));
  const added = new Set(expansion?.newLayers);
  return {
    ids,
    pieces: piecesOf(tokenizer, ids),
    nll: read.nll,
    next: named(read.next),
    lens: read.lens.map(({ depth, ...reading }) => ({
      ...reading,
      layer: depth - 1,
      isNew: added.has(depth - 1),
      top: named(reading.top),
    })),
  };
};
