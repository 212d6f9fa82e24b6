import type { ForwardOptions } from '../../llama/model';
import { checkTokenIds } from '../../llama/windows';
import { documentsOf } from '../../train/documents';
import { type Example, packTexts } from '../../train/examples';
import { instructionPairs, encodePairs } from '../../train/instructions';
import type { RunData } from '../../train/run';
import { RequestError } from '../jobs/errors';
import type { NamedText, TextReport, TrainingTexts } from '../jobs';
import type { OpenModel } from '../workspace/open-model';
import { createYielder } from '../../yielder';

/** Training and evaluation examples, and reports on their texts. */
export interface TrainingData extends RunData {
  readonly heldout: readonly Example[] | undefined;
  readonly retention: readonly Example[] | undefined;
  readonly response: readonly Example[] | undefined;
  readonly reports: readonly TextReport[];
}

/** How long to tokenise before the event loop may handle messages. */
const SLICE_MS = 30;

/**
 * Tokenises texts and cuts them into examples; between two documents it may be cancelled. `onProgress` gets the share of the
 * texts that has been tokenised.
 * @throws TrainError for unusable texts; TokenizerError without a tokenizer; the signal's reason.
 */
export async function trainingData(
  model: OpenModel,
  texts: TrainingTexts,
  { context, steps, tuningSteps }: { context: number; steps: number; tuningSteps: number },
  { signal, onProgress }: ForwardOptions = {},
): Promise<TrainingData> {
  const { config } = model;
  if (context > config.context)
    throw new RequestError(
      `train: expected a context of at most ${config.context} tokens, which the model is made for, got ${context}. Choose a shorter one.`,
    );
  const missing =
    steps > 0 && !texts.train ? 'text' : tuningSteps > 0 && !texts.pairs ? 'instruction pairs' : '';
  if (missing !== '' || steps + tuningSteps === 0)
    throw new RequestError(
      missing === ''
        ? 'train: expected at least 1 step, got 0. Give a larger budget.'
        : `train: expected ${missing} to learn from, got none. Choose a file, or train 0 steps on them.`,
    );
  const tokenizer = await model.tokenizer();
  const [eos] = config.eosIds;
  // `tokenIds` rejects ids outside the vocabulary, as from a tokenizer of another model or one without an unknown token.
  const pause = createYielder(SLICE_MS, signal);
  const given = [texts.train, texts.pairs, texts.heldout, texts.retention, texts.heldoutPairs];
  const total = given.reduce((sum, text) => sum + (text?.content.length ?? 0), 0);
  let done = 0;
  const encode = async (text: string): Promise<number[]> => {
    await pause();
    const ids = [...checkTokenIds(tokenizer.encode(text), config.vocabSize)];
    done += text.length;
    onProgress?.(Math.min(1, done / total));
    return ids;
  };
  const reports: TextReport[] = [];
  const packText = async (text: NamedText | undefined): Promise<Example[] | undefined> => {
    if (!text) return undefined;
    const documents = documentsOf(text.name, text.content);
    const ids: number[][] = [];
    for (const document of documents) ids.push(await encode(document));
    const all = ids.flat();
    const examples = packTexts(ids, eos, context);
    reports.push({
      name: text.name,
      texts: documents.length,
      tokens: all.length,
      examples: examples.length,
      unknown: tokenizer.countUnknown(all),
      charactersPerToken: documents.reduce((sum, { length }) => sum + length, 0) / all.length,
    });
    return examples;
  };
  const packPairs = async (text: NamedText | undefined): Promise<readonly Example[] | undefined> => {
    if (!text) return undefined;
    const pairs = instructionPairs(text.name, text.content);
    const { examples, cut, dropped } = await encodePairs(pairs, encode, eos, context);
    const all = examples.flatMap(({ ids }) => [...ids]);
    const characters = pairs.reduce((sum, { prompt, response }) => sum + prompt.length + response.length, 0);
    reports.push({
      name: text.name,
      texts: pairs.length,
      tokens: all.length,
      examples: examples.length,
      unknown: tokenizer.countUnknown(all),
      charactersPerToken: characters / all.length,
      cut,
      dropped,
    });
    return examples;
  };
  const { text, heldout } = splitHeldOut(steps > 0 ? ((await packText(texts.train)) ?? []) : [], texts);
  return {
    text,
    pairs: tuningSteps > 0 ? ((await packPairs(texts.pairs)) ?? []) : [],
    heldout: heldout ?? (await packText(texts.heldout)),
    retention: await packText(texts.retention),
    response: await packPairs(texts.heldoutPairs),
    reports,
  };
}

/** Holds out the last windows of the training text if there is no held-out text. */
function splitHeldOut(
  windows: readonly Example[],
  { heldout, heldOutShare = 0 }: TrainingTexts,
): { text: readonly Example[]; heldout?: readonly Example[] } {
  if (heldout || heldOutShare === 0 || windows.length === 0) return { text: windows };
  const count = Math.ceil(heldOutShare * windows.length);
  if (count < windows.length) return { text: windows.slice(0, -count), heldout: windows.slice(-count) };
  throw new RequestError(
    'train: expected a text of at least 2 windows, one of them to measure, got 1. Give a longer text or a shorter context, or a text to measure.',
  );
}
