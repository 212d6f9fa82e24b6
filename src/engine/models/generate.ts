import { continuationText, wholeCharacters } from '../../llama/continuation';
import { generate } from '../../llama/generate';
import { parseRecipe } from '../../upscale/recipe';
import type { Job } from '../workspace/context';
import { requestedModel } from './requested-model';
import { idsOf } from './ids';
import type { Generation } from '../jobs';

/** Continues a prompt with the requested model. After every token an event has the text so far, up to its last whole character. */
export const generateText: Job<'generate'> = async (
  workspace,
  request,
  { signal, emit },
): Promise<Generation> => {
  const recipe = request.recipe && parseRecipe(request.recipe);
  const { model } = workspace;
  const { prompt, ids: given, maxTokens, temperature, topP, seed } = request;
  const ids = await idsOf(model, {
    ...(prompt === undefined ? {} : { text: prompt }),
    ...(given ? { ids: given } : {}),
  });
  const tokenizer = model.info.hasTokenizer ? await model.tokenizer() : undefined;
  const textOf = (made: readonly number[]): string =>
    tokenizer ? continuationText(tokenizer, ids, made) : '';
  const { model: asked } = await requestedModel(
    workspace,
    { ...request, recipe },
    {
      signal,
      onProgress: (progress) => emit({ type: 'progress', progress }),
    },
  );
  const made = await generate(asked, ids, {
    maxTokens,
    temperature,
    topP,
    seed,
    signal,
    onToken: (_, made) => emit({ type: 'text', text: wholeCharacters(textOf(made)) }),
  });
  return { ids: made, text: textOf(made) };
};
