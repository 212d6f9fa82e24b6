import { describe, expect, it } from 'vitest';
import { blockShapes, countBlockParameters, countParameters } from './block';
import { checkTensors, outerNames } from './check';
import { configNotices, parseConfig } from './config';
import { ConfigError } from './errors';
import { randomTensors, TINY, tinyCheckpoint } from './testing';

const LLAMA_8B = {
  architectures: ['LlamaForCausalLM'],
  hidden_size: 4096,
  intermediate_size: 14_336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
  rms_norm_eps: 1e-5,
  rope_theta: 500_000,
  bos_token_id: 128_000,
  eos_token_id: [128_001, 128_008, 128_009],
};
const LLAMA_1B = {
  ...LLAMA_8B,
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  head_dim: 64,
  tie_word_embeddings: true,
};

describe('parseConfig', () => {
  it('reads a Llama 3.1 config', () => {
    expect(parseConfig({ ...LLAMA_8B, rope_scaling: null, head_dim: null, hidden_act: 'silu' })).toEqual({
      architecture: 'LlamaForCausalLM',
      layers: 32,
      hiddenSize: 4096,
      intermediateSize: 14_336,
      heads: 32,
      kvHeads: 8,
      headDim: 128,
      vocabSize: 128_256,
      context: 131_072,
      rmsNormEps: 1e-5,
      ropes: [{ headDim: 128, theta: 500_000, scaling: null }],
      kinds: Array.from({ length: 32 }, () => ({ rope: 0, window: null })),
      scoreScale: 1 / Math.sqrt(128),
      scoreCap: null,
      logitCap: null,
      embeddingScale: 1,
      residualScale: 1,
      logitScale: 1,
      tied: false,
      attentionBias: false,
      mlpBias: false,
      bosId: 128_000,
      eosIds: [128_001, 128_008, 128_009],
    });
  });

  it('fills in defaults: every head its own keys, no end token, architecture by model_type', () => {
    const {
      num_key_value_heads: _,
      bos_token_id: __,
      eos_token_id: ___,
      architectures: ____,
      ...rest
    } = LLAMA_8B;
    const config = parseConfig({ ...rest, model_type: 'llama', eos_token_id: null });
    expect(config.kvHeads).toBe(32);
    expect(config.eosIds).toEqual([]);
    expect('bosId' in config).toBe(false);
    expect(parseConfig({ ...LLAMA_8B, eos_token_id: 7 }).eosIds).toEqual([7]);
  });

  it.each([
    [{ architectures: ['GPT2LMHeadModel'] }, /GPT2LMHeadModel/],
    [{ architectures: ['GPT2LMHeadModel'] }, /LlamaForCausalLM/],
    [{ architectures: undefined, model_type: 'gpt2' }, /gpt2/],
    [{ architectures: undefined }, /no name/],
    [{ hidden_act: 'gelu' }, /hidden_act.*silu.*gelu/],
    [{ hidden_size: undefined }, /hidden_size.*got nothing/],
    [{ hidden_size: '4096' }, /hidden_size.*"4096"/],
    [{ num_hidden_layers: 0 }, /num_hidden_layers/],
    [{ num_hidden_layers: 1.5 }, /num_hidden_layers/],
    [{ rms_norm_eps: -1 }, /rms_norm_eps/],
    [{ num_key_value_heads: 5 }, /num_key_value_heads.*divisor of 32/],
    [{ head_dim: 6 }, /head_dim.*multiple of 4.*got 6/],
    [{ head_dim: 260 }, /head_dim.*up to 256.*got 260/],
    [{ num_attention_heads: 24 }, /head_dim/],
    [{ tie_word_embeddings: 'yes' }, /tie_word_embeddings/],
    [{ eos_token_id: [1, 'x'] }, /eos_token_id/],
    [{ rope_theta: 'big' }, /rope_theta/],
    [{ rope_scaling: [1] }, /rope_scaling/],
  ])('refuses %j', (fields, message) => {
    const parse = (): unknown => parseConfig({ ...LLAMA_8B, ...fields });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });

  it.each([
    ['MistralForCausalLM', {}, { kvHeads: 8, context: 131_072, tied: false }, [4096, 4096, 4096]],
    ['MistralForCausalLM', { sliding_window: null }, {}, [null, null, null]],
    ['Qwen2ForCausalLM', { use_sliding_window: false, max_window_layers: 1 }, {}, [null, null, null]],
    ['Qwen2ForCausalLM', { use_sliding_window: true, max_window_layers: 0 }, {}, [4096, 4096, 4096]],
    [
      'Qwen3ForCausalLM',
      { use_sliding_window: true, max_window_layers: 2 },
      { headDim: 128 },
      [null, null, 4096],
    ],
    ['Gemma2ForCausalLM', {}, { headDim: 256, tied: true, scoreCap: 50, logitCap: 30 }, [4096, null, 4096]],
    [
      'Gemma2ForCausalLM',
      { attn_logit_softcapping: null },
      { scoreCap: null, logitCap: 30 },
      [4096, null, 4096],
    ],
    ['Gemma3ForCausalLM', { sliding_window: 8 }, { scoreCap: null, logitCap: null }, [8, 8, 8]],
  ] as const)('fills in what transformers does for %s with %j', (architecture, fields, expected, spans) => {
    const { num_key_value_heads: _, max_position_embeddings: __, ...rest } = LLAMA_8B;
    const raw = { ...rest, architectures: [architecture], num_hidden_layers: 3, ...fields };
    const config = parseConfig(raw);
    expect(config).toMatchObject(expected);
    expect(config.kinds.map(({ window }) => window)).toEqual(spans);
  });

  it('gives the blocks of Gemma 3 a rotary embedding by their kind, and some of SmolLM3 none', () => {
    const raw = { ...LLAMA_8B, rope_theta: undefined, num_hidden_layers: 8 };
    const { rope_theta: _, ...rest } = raw;
    const gemma = parseConfig({ ...rest, architectures: ['Gemma3ForCausalLM'] });
    expect(gemma.kinds.map(({ rope }) => rope)).toEqual([1, 1, 1, 1, 1, 0, 1, 1]);
    expect(gemma.ropes.map(({ theta }) => theta)).toEqual([1_000_000, 10_000]);
    const smol = parseConfig({ ...rest, architectures: ['SmolLM3ForCausalLM'] });
    expect(smol.kinds.map(({ rope }) => rope)).toEqual([0, 0, 0, null, 0, 0, 0, null]);
    expect(smol.ropes.map(({ theta }) => theta)).toEqual([2_000_000]);
  });

  it('multiplies Gemma’s embeddings by √hidden in the dtype of config.json', () => {
    const scale = (fields: object) =>
      parseConfig({ ...LLAMA_8B, hidden_size: 3584, architectures: ['Gemma2ForCausalLM'], ...fields })
        .embeddingScale;
    // √3584 = 59.8665… lies between 59.75 and 60 in bfloat16.
    expect(scale({ torch_dtype: 'bfloat16' })).toBe(59.75);
    expect(scale({ dtype: 'float16' })).toBe(59.875);
    expect(scale({})).toBe(Math.fround(Math.sqrt(3584)));
  });

  it.each([
    ['Gemma2ForCausalLM', { hidden_activation: 'gelu' }, /hidden_activation.*gelu_pytorch_tanh/],
    ['Gemma3ForCausalLM', { use_bidirectional_attention: true }, /use_bidirectional_attention/],
    ['Gemma2ForCausalLM', { layer_types: ['full_attention'] }, /layer_types.*32 entries/],
    ['SmolLM3ForCausalLM', { no_rope_layers: [1, 2] }, /no_rope_layers/],
    ['LlamaForCausalLM', { layer_types: Array(32).fill('sliding_attention') }, /layer_types.*full_attention/],
    ['GraniteForCausalLM', { residual_multiplier: 'x' }, /residual_multiplier/],
    ['Gemma2ForCausalLM', { attn_logit_softcapping: -1 }, /attn_logit_softcapping/],
    ['Qwen2ForCausalLM', { use_sliding_window: true, max_window_layers: -1 }, /max_window_layers/],
  ])('refuses %s with %j', (architecture, fields, message) => {
    const parse = (): unknown => parseConfig({ ...LLAMA_8B, architectures: [architecture], ...fields });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });

  it('says which base is not read where rope_scaling stands beside rope_parameters', () => {
    const both = { rope_scaling: { type: 'linear', factor: 2 }, rope_parameters: { rope_theta: 7 } };
    expect(configNotices(both)).toEqual([expect.stringMatching(/rope_scaling counts.*rope_theta 7/)]);
    expect(configNotices({ ...both, rope_theta: 7 })).toEqual([]);
    expect(configNotices({ rope_parameters: both.rope_parameters, rope_scaling: {} })).toEqual([]);
  });

  it('refuses what is no object', () => {
    for (const raw of [null, [], 'x', 3]) expect(() => parseConfig(raw)).toThrow(ConfigError);
  });
});

const biases = (fields: object): string[] =>
  [...blockShapes(parseConfig({ ...TINY, ...fields })).keys()].filter((key) => key.endsWith('.bias'));

describe('shapes', () => {
  it('counts the published parameters of Llama models, and those of the deeper ones made from them', () => {
    const big = parseConfig(LLAMA_8B);
    const small = parseConfig(LLAMA_1B);
    expect(countParameters(big)).toBe(8_030_261_248);
    expect(countParameters(small)).toBe(1_235_814_400);
    // Published sizes after 16 and 8 new blocks.
    expect(countParameters(big, 48)).toBe(11_520_053_248);
    expect(countParameters(small, 24)).toBe(1_722_386_432);
    expect(countBlockParameters(big)).toBe(218_112_000);
  });

  it('gives biases to the tensors that have them', () => {
    expect(biases({})).toEqual([]);
    expect(biases({ attention_bias: true }).sort()).toEqual(
      ['k', 'o', 'q', 'v'].map((which) => `self_attn.${which}_proj.bias`),
    );
    expect(biases({ mlp_bias: true }).sort()).toEqual(
      ['down', 'gate', 'up'].map((which) => `mlp.${which}_proj.bias`),
    );
    const shapes = blockShapes(parseConfig({ ...TINY, attention_bias: true }));
    expect(shapes.get('self_attn.q_proj.weight')).toEqual([32, 20]);
    expect(shapes.get('self_attn.k_proj.bias')).toEqual([16]);
    expect(shapes.get('self_attn.o_proj.bias')).toEqual([20]);
  });
});

describe('checkTensors', () => {
  const tied = parseConfig({ ...TINY, tie_word_embeddings: true });
  const untied = parseConfig(TINY);

  it('takes what the config asks for, and leaves other tensors alone', async () => {
    const tensors = randomTensors(untied, 1, 'BF16');
    tensors.set('model.layers.0.self_attn.rotary_emb.inv_freq', {
      dtype: 'F32',
      shape: [3],
      values: new Float32Array(3),
    });
    expect(() => checkTensors(untied, { tensors: new Map() })).toThrow(ConfigError);
    checkTensors(untied, await tinyCheckpoint(TINY, tensors));
  });

  it('names a missing tensor', async () => {
    const tensors = randomTensors(untied, 1);
    tensors.delete('model.layers.2.mlp.up_proj.weight');
    const checkpoint = await tinyCheckpoint(TINY, tensors);
    expect(() => checkTensors(untied, checkpoint)).toThrow(
      /model\.layers\.2\.mlp\.up_proj\.weight.*\[28, 20\].*none/,
    );
  });

  it('names a weight or bias of a block that it would not compute with', async () => {
    for (const key of ['self_attn.q_proj.bias', 'self_attn.q_norm.weight']) {
      const name = `model.layers.1.${key}`;
      const tensors = randomTensors(untied, 1);
      tensors.set(name, { dtype: 'F32', shape: [32], values: new Float32Array(32) });
      const checkpoint = await tinyCheckpoint(TINY, tensors);
      expect(() => checkTensors(untied, checkpoint)).toThrow(new RegExp(`${name}.*no such tensor`));
    }
  });

  it('names a wrong shape', async () => {
    const tensors = randomTensors(untied, 1);
    tensors.set('model.layers.1.self_attn.v_proj.weight', {
      dtype: 'F32',
      shape: [20, 16],
      values: new Float32Array(320),
    });
    const checkpoint = await tinyCheckpoint(TINY, tensors);
    expect(() => checkTensors(untied, checkpoint)).toThrow(/1\.self_attn\.v_proj.*\[16, 20\].*\[20, 16\]/);
  });

  it('names a dtype it cannot decode', async () => {
    const checkpoint = await tinyCheckpoint(TINY, randomTensors(untied, 1));
    const tensors = new Map(checkpoint.tensors);
    const norm = tensors.get('model.norm.weight');
    expect(norm).toBeDefined();
    if (norm === undefined) return;
    tensors.set('model.norm.weight', { ...norm, dtype: 'I8' });
    expect(() => checkTensors(untied, { tensors })).toThrow(/model\.norm\.weight.*F32, F16, BF16.*I8/);
  });

  it('finds the head: own, shared, or kept only under its own name', async () => {
    const own = await tinyCheckpoint(TINY, randomTensors(untied, 1));
    expect(outerNames(untied, own)).toMatchObject({
      embedding: 'model.embed_tokens.weight',
      head: 'lm_head.weight',
    });
    const both = outerNames(tied, own);
    expect([both.embedding, both.head]).toEqual(['model.embed_tokens.weight', 'model.embed_tokens.weight']);

    const tensors = randomTensors(tied, 1);
    const embedding = tensors.get('model.embed_tokens.weight');
    expect(() => checkTensors(untied, { tensors: new Map() })).toThrow(/embed_tokens/);
    const shared = await tinyCheckpoint(TINY, tensors);
    checkTensors(tied, shared);
    expect(() => checkTensors(untied, shared)).toThrow(/lm_head\.weight.*tie_word_embeddings/);

    tensors.delete('model.embed_tokens.weight');
    if (embedding !== undefined) tensors.set('lm_head.weight', embedding);
    const onlyHead = await tinyCheckpoint(TINY, tensors);
    checkTensors(tied, onlyHead);
    expect(outerNames(tied, onlyHead)).toMatchObject({ embedding: 'lm_head.weight', head: 'lm_head.weight' });
  });
});
