/** How a byte-level BPE parts a text before merging, in the terms of tokenizer.json. */
export interface PreTokenizer {
  readonly normalizer?: object;
  readonly splits: readonly object[];
  /** True to part words as GPT-2 does, after `splits`. */
  readonly usesGpt2Words: boolean;
  /** True if a part that is a token is never merged from others. */
  readonly ignoresMerges?: boolean;
  /** True if a text begins with the beginning-of-text token, unless the file says otherwise. */
  readonly addsBos?: boolean;
}

const GPT2: PreTokenizer = { splits: [], usesGpt2Words: true };
const DIGITS: PreTokenizer = { ...GPT2, splits: [{ type: 'Digits', individual_digits: true }] };

/** Words, and at most `digits` digits together. */
const words = (digits: string): PreTokenizer => ({
  splits: [
    {
      type: 'Split',
      pattern: {
        Regex: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
      },
      behavior: 'Isolated',
      invert: false,
    },
  ],
  usesGpt2Words: false,
});

const THREE_DIGITS = words('\\p{N}{1,3}');
const LLAMA3: PreTokenizer = { ...THREE_DIGITS, ignoresMerges: true, addsBos: true };
const QWEN2: PreTokenizer = { ...words('\\p{N}'), normalizer: { type: 'NFC' } };

/** By `tokenizer.ggml.pre`, as ggml-org/llama.cpp:src/llama-vocab.cpp has them. */
export const PRE_TOKENIZERS: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': GPT2,
  olmo: GPT2,
  smollm: DIGITS,
  starcoder: DIGITS,
  refact: DIGITS,
  'command-r': DIGITS,
  'llama-bpe': LLAMA3,
  llama3: LLAMA3,
  'llama-v3': LLAMA3,
  dbrx: THREE_DIGITS,
  'smaug-bpe': THREE_DIGITS,
  qwen2: QWEN2,
  'deepseek-r1-qwen': QWEN2,
};
