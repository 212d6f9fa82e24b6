import type { BPE, Tokenizer as Pipeline } from '@huggingface/tokenizers';
import { isRecord, type JsonObject } from './fields';
import { PairMerger } from './pair-merger';
import { checkTokenizer } from './tokenizer-check';

/** The library keeps the merges of shorter words in a cache. */
const LONG_WORD = 256;

/**
 * Makes the pipeline of a tokenizer.json from `@huggingface/tokenizers`, loaded on first use, and mends what the library does
 * differently from the Rust library or too slowly.
 * @throws the library's errors for what it does not support.
 */
export async function openPipeline(tokenizer: JsonObject, config: JsonObject): Promise<Pipeline> {
  const { Tokenizer, BPE, Unigram } = await import('@huggingface/tokenizers');
  checkTokenizer(tokenizer, config);
  const filled = { normalizer: null, post_processor: null, decoder: null, added_tokens: [] };
  const preTokenizer = withSplits(tokenizer['pre_tokenizer'] ?? null);
  const pipeline = new Tokenizer({ ...filled, ...tokenizer, pre_tokenizer: preTokenizer }, config);
  const { model } = pipeline;
  if (model instanceof BPE) mergeLongWords(model);
  // The library passes all tokens of a word as arguments, which a long word has too many of.
  if (model instanceof Unigram) model.encode = (words) => words.flatMap((word) => model.tokenize(word));
  return pipeline;
}

/** Follows every Metaspace by the split before each of its marks, which the library leaves out. */
function withSplits(part: unknown): unknown {
  if (!isRecord(part)) return part;
  const { pretokenizers, type, split = true, replacement = '▁' } = part;
  if (Array.isArray(pretokenizers)) return { ...part, pretokenizers: pretokenizers.map(withSplits) };
  if (type !== 'Metaspace' || split !== true) return part;
  const mark = `\\u${String(replacement).charCodeAt(0).toString(16).padStart(4, '0')}`;
  const pieces = {
    type: 'Split',
    pattern: { Regex: `${mark}[^${mark}]*|[^${mark}]+` },
    behavior: 'Isolated',
  };
  return { type: 'Sequence', pretokenizers: [part, pieces] };
}

/** SentencePiece's models have the whole text as one word: 1 MB of it takes the library half a minute. */
function mergeLongWords(model: BPE): void {
  // These mark the parts of a word, which the merger does not.
  if (model.end_of_word_suffix || model.continuing_subword_suffix) return;
  const short = model.bpe.bind(model);
  let merger: PairMerger | undefined;
  model.bpe = (word) => {
    if (word.length < LONG_WORD) return short(word);
    merger ??= new PairMerger(model.merges);
    return merger.merge(word);
  };
}
