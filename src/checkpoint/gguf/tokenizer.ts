import { show } from '../../legible';
import { mergesOf } from './merges';
import type { Metadata } from './metadata';
import { type PreTokenizer, PRE_TOKENIZERS } from './pre-tokenizers';

/** `llama_token_type` of ggml-org/llama.cpp:include/llama.h. */
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;

/** Says why no tokenizer.json can be made of the file's vocabulary; undefined if it can. */
export function tokenizerProblem(metadata: Metadata): string | undefined {
  const of = (key: string) => metadata.get(`tokenizer.ggml.${key}`);
  const [model, pre, tokens, types] = [of('model'), of('pre'), of('tokens'), of('token_type')];
  if (model === undefined || tokens === undefined) return 'expected a vocabulary in the file, got none.';
  if (model !== 'gpt2' && model !== 'llama') {
    return `expected a tokenizer of kind gpt2 or llama, got ${show(model)}.`;
  }
  if (!isTexts(tokens)) return 'expected tokenizer.ggml.tokens to be a list of texts, got another value.';
  const longest = tokens.findIndex(({ length }) => length > MAX_TOKEN_LENGTH);
  if (longest >= 0) {
    return `expected tokens of at most ${MAX_TOKEN_LENGTH} characters, got ${tokens[longest]?.length} in token ${longest}.`;
  }
  if (!(types instanceof Int32Array || types instanceof Uint32Array) || types.length !== tokens.length) {
    return `expected a type for each of ${tokens.length} tokens, got others.`;
  }
  if (model === 'gpt2' && !isTexts(of('merges'))) return 'expected merges in the file, got none.';
  if (model === 'gpt2' && preTokenizerOf(metadata) === undefined) {
    const known = Object.keys(PRE_TOKENIZERS).join(', ');
    return `expected tokenizer.ggml.pre among ${known}, got ${show(pre)}.`;
  }
  const scores = of('scores');
  if (model === 'llama' && !(scores instanceof Float32Array && scores.length === tokens.length)) {
    return `expected a score for each of ${tokens.length} tokens, got others.`;
  }
  return undefined;
}

/** Returns tokenizer.json. There must be no `tokenizerProblem`. */
export function tokenizerText(metadata: Metadata): string {
  const bos = addsBos(metadata) ? specialToken(metadata, 'bos') : undefined;
  const eos = metadata.flag('tokenizer.ggml.add_eos_token') ? specialToken(metadata, 'eos') : undefined;
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(metadata),
    ...(isSentencePiece(metadata) ? sentencePiece(metadata) : byteLevel(metadata)),
    post_processor: bos === undefined && eos === undefined ? null : template(bos, eos),
  });
}

/** Returns tokenizer_config.json. There must be no `tokenizerProblem`. */
export function tokenizerConfigText(metadata: Metadata): string {
  const tokens = ['bos', 'eos', 'unknown', 'padding'].map((name) => specialToken(metadata, name)?.content);
  const [bos, eos, unk, pad] = tokens;
  const config = {
    add_bos_token: addsBos(metadata),
    add_eos_token: metadata.flag('tokenizer.ggml.add_eos_token') ?? false,
    bos_token: bos,
    eos_token: eos,
    unk_token: unk,
    pad_token: pad,
    clean_up_tokenization_spaces: false,
    chat_template: metadata.text('tokenizer.chat_template'),
    tokenizer_class: 'PreTrainedTokenizerFast',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Longer than any token, such as a run of spaces. */
const MAX_TOKEN_LENGTH = 1024;

interface Token {
  readonly id: number;
  readonly content: string;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

const isSentencePiece = (metadata: Metadata): boolean => metadata.get('tokenizer.ggml.model') === 'llama';

/** Gemma's scores do not follow its order of merges, and its runs of spaces are written with real spaces. */
const isGemma = (metadata: Metadata): boolean => metadata.architecture.startsWith('gemma');

const preTokenizerOf = (metadata: Metadata): PreTokenizer | undefined => {
  const pre = metadata.get('tokenizer.ggml.pre');
  return typeof pre === 'string' && Object.hasOwn(PRE_TOKENIZERS, pre) ? PRE_TOKENIZERS[pre] : undefined;
};

/** llama.cpp adds it by default to SentencePiece vocabularies, and with the pre-tokenizer of Llama 3. */
function addsBos(metadata: Metadata): boolean {
  const byDefault = isSentencePiece(metadata) || preTokenizerOf(metadata)?.addsBos === true;
  return metadata.flag('tokenizer.ggml.add_bos_token') ?? byDefault;
}

function tokensOf(metadata: Metadata): readonly string[] {
  const tokens = metadata.texts('tokenizer.ggml.tokens') ?? [];
  if (!isSentencePiece(metadata) || !isGemma(metadata)) return tokens;
  return tokens.map((token) => (/^ {2,}$/.test(token) ? '▁'.repeat(token.length) : token));
}

function specialToken(metadata: Metadata, name: string): Token | undefined {
  const id = metadata.get(`tokenizer.ggml.${name}_token_id`);
  const content = typeof id === 'number' ? tokensOf(metadata)[id] : undefined;
  return typeof id === 'number' && content !== undefined ? { id, content } : undefined;
}

/** Returns the first token of type unknown, or -1. */
const unknownOf = (metadata: Metadata): number =>
  Array.from(metadata.numbers('tokenizer.ggml.token_type') ?? []).indexOf(UNKNOWN);

function addedTokens(metadata: Metadata): object[] {
  const types = metadata.numbers('tokenizer.ggml.token_type') ?? [];
  const stored = metadata.texts('tokenizer.ggml.tokens') ?? [];
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return tokensOf(metadata).flatMap((content, id) => {
    const type = types[id] ?? 0;
    const special = type === CONTROL || (type === UNKNOWN && isSentencePiece(metadata));
    const whole = special || (type === USER_DEFINED && content === stored[id]);
    return whole && content !== '' ? [{ id, content, ...plain, special }] : [];
  });
}

/** Byte-level BPE, as GPT-2. */
function byteLevel(metadata: Metadata): object {
  const pre = preTokenizerOf(metadata);
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  return {
    normalizer: pre?.normalizer ?? null,
    pre_tokenizer: pre && {
      type: 'Sequence',
      pretokenizers: [...pre.splits, { ...bytes, use_regex: pre.usesGpt2Words }],
    },
    decoder: { ...bytes, use_regex: true },
    model: {
      ...bpe(tokensOf(metadata), metadata.texts('tokenizer.ggml.merges') ?? []),
      ignore_merges: pre?.ignoresMerges ?? false,
    },
  };
}

/** SentencePiece's BPE: spaces are ▁, characters outside the vocabulary are bytes. */
function sentencePiece(metadata: Metadata): object {
  const tokens = tokensOf(metadata);
  const prefix = metadata.flag('tokenizer.ggml.add_space_prefix') ?? !isGemma(metadata);
  const scores = isGemma(metadata) ? undefined : metadata.numbers('tokenizer.ggml.scores');
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const decoders = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
  ];
  return {
    normalizer: prefix
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, spaces] }
      : spaces,
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders },
    model: {
      ...bpe(tokens, mergesOf(tokens, scores)),
      unk_token: specialToken(metadata, 'unknown')?.content ?? tokens[unknownOf(metadata)] ?? null,
      fuse_unk: true,
      byte_fallback: true,
    },
  };
}

const bpe = (tokens: readonly string[], merges: readonly string[] | readonly [string, string][]): object => ({
  type: 'BPE',
  dropout: null,
  unk_token: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
  vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
  merges,
});

function template(bos: Token | undefined, eos: Token | undefined): object {
  const special = ({ content }: Token) => ({ SpecialToken: { id: content, type_id: 0 } });
  const text = (id: 'A' | 'B') => [
    ...(bos ? [special(bos)] : []),
    { Sequence: { id, type_id: 0 } },
    ...(eos ? [special(eos)] : []),
  ];
  const used = [bos, eos].filter((token) => token !== undefined);
  return {
    type: 'TemplateProcessing',
    single: text('A'),
    pair: [...text('A'), ...text('B')],
    special_tokens: Object.fromEntries(
      used.map(({ id, content }) => [content, { id: content, ids: [id], tokens: [content] }]),
    ),
  };
}
