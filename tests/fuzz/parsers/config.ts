import { deepEqual, equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseJson } from '../../../src/checkpoint/json';
import { parseConfig } from '../../../src/llama/config';
import type { LlamaConfig } from '../../../src/llama/config';
import { configOf } from '../../../src/llama/recognise';
import { ARCHITECTURE_ANSWERS } from '../../architectures';
import { hostileText } from '../hostile';
import { jsonTexts } from '../json';
import { fuzzed } from '../parser';
import { quoted } from './sources';

const CONFIGS = [
  ...ARCHITECTURE_ANSWERS.map(({ config }) => config),
  {
    architectures: ['LlamaForCausalLM'],
    hidden_size: 64,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    num_hidden_layers: 3,
    intermediate_size: 96,
    vocab_size: 100,
    max_position_embeddings: 128,
    rope_scaling: {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 64,
    },
    eos_token_id: [1, 2],
    bos_token_id: 0,
  },
];

/** Fields that are read as they stand: ours, and that of config.json. */
const READ_AS_IS = [
  ['hiddenSize', 'hidden_size'],
  ['layers', 'num_hidden_layers'],
  ['heads', 'num_attention_heads'],
  ['kvHeads', 'num_key_value_heads'],
  ['headDim', 'head_dim'],
  ['intermediateSize', 'intermediate_size'],
  ['vocabSize', 'vocab_size'],
  ['context', 'max_position_embeddings'],
  ['rmsNormEps', 'rms_norm_eps'],
  ['tied', 'tie_word_embeddings'],
] as const;

function checkConfig(config: LlamaConfig, text: string): void {
  const raw = JSON.parse(text) as Record<string, unknown>;
  for (const [ours, field] of READ_AS_IS) {
    const value = Object.hasOwn(raw, field) ? raw[field] : null;
    if (value !== null) equal(config[ours], value, field);
  }
  equal(config.kinds.length, config.layers);
  const eos = raw['eos_token_id'] ?? config.eosIds;
  deepEqual(config.eosIds, Array.isArray(eos) ? eos : [eos]);
  for (const number of Object.values(config))
    if (typeof number === 'number' && !Number.isFinite(number)) throw new Error(`a number is ${number}`);
}

/** config.json. */
export const modelConfig = fuzzed<string>({
  name: 'config',
  inputs: jsonTexts(CONFIGS),
  errors: ['CheckpointError', 'ConfigError', 'UnsupportedArchitectureError'],
  read: (text) => parseConfig(parseJson(text, 'config.json')),
  check: checkConfig,
  show: quoted,
});

interface UnknownInput {
  readonly text: string;
  readonly names: readonly string[];
}

const MATRICES = [0, 1].flatMap((block) =>
  ['self_attn.q_proj', 'self_attn.o_proj', 'mlp.up_proj'].map((key) => `model.layers.${block}.${key}.weight`),
);

/** The names of a checkpoint whose architecture is not known, and its config.json. */
export const unknownModel = fuzzed<UnknownInput>({
  name: 'architecture',
  inputs: fc.record({
    text: jsonTexts([
      { architectures: ['MysteryForCausalLM'], num_attention_heads: 2, vocab_size: 10 },
      { model_type: 'mystery' },
    ]),
    names: fc
      .array(
        fc.oneof(
          hostileText,
          fc
            .tuple(
              fc.constantFrom('2', '9', '1023', '1024', '4294967295', '9007199254740993', '00', '1e3'),
              hostileText,
            )
            .map(([block, key]) => `model.layers.${block}.${key === '' ? 'self_attn.q_proj' : key}.weight`),
        ),
        { maxLength: 3 },
      )
      .map((others) => [...MATRICES, ...others]),
  }),
  errors: ['CheckpointError', 'ConfigError', 'UnsupportedArchitectureError'],
  read({ text, names }) {
    const config = parseJson(text, 'config.json') as Record<string, unknown>;
    const info = { dtype: 'F32', shape: [4, 4], offset: 0, bytes: 64, file: 'model.safetensors' };
    const tensors = new Map(names.map((name) => [name, { ...info, name, source: undefined as never }]));
    return configOf({ config, tensors });
  },
  check({ layers, kinds, unsupported }: LlamaConfig, { names }) {
    equal(kinds.length, layers);
    for (const key of Object.keys(unsupported?.matrices ?? {}))
      for (let block = 0; block < layers; block++)
        if (!names.includes(`model.layers.${block}.${key}`)) throw new Error(`block ${block} has no ${key}`);
    // The reason is shown.
    if (unsupported && /[\p{Cc}\p{Cs}\u202a-\u202e]/u.test(unsupported.reason))
      throw new Error('hidden characters');
  },
  show: ({ text, names }) => `${quoted(text)} beside ${quoted(names.join(' '))}`,
});
