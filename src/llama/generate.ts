import { randomSource } from '../random';
import { EvaluationError } from './errors';
import { KvCache } from './kv-cache';
import type { LlamaModel } from './model';
import { sample } from './sample';
import { checkTokenIds } from './windows';

export interface GenerateOptions {
  /** Maximum number of new tokens; fewer if the context is full or the model ends the text. */
  readonly maxTokens: number;
  /** 0 (the default) is greedy. */
  readonly temperature?: number;
  /** Top-p: samples from the smallest set of most probable tokens whose total probability reaches this. Default 1: all. */
  readonly topP?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with every new token and all new tokens so far. */
  readonly onToken?: ((id: number, ids: readonly number[]) => void) | undefined;
}

/**
 * Continues a prompt and returns the new ids, without the end-of-text id. Uses a KV cache. The same seed on the same backend
 * gives the same tokens.
 * @throws EvaluationError if the prompt is empty or fills the context, an id is outside the vocabulary, or an option is not valid.
 */
export async function generate(
  model: LlamaModel,
  ids: ArrayLike<number>,
  options: GenerateOptions,
): Promise<number[]> {
  const { temperature = 0, topP = 1, seed = 0, signal, onToken } = options;
  checkOptions(options.maxTokens, temperature, topP);
  const { context, vocabSize, eosIds } = model.config;
  const prompt = checkTokenIds(ids, vocabSize);
  if (prompt.length === 0 || prompt.length >= context) {
    throw new EvaluationError(
      `Expected a prompt of 1 to ${context - 1} tokens (the context holds ${context}), got ${prompt.length}. Change its length.`,
    );
  }
  const limit = Math.min(options.maxTokens, context - prompt.length);
  const random = randomSource(seed);
  const cache = new KvCache(model.backend, model.config, model.layers.length, prompt.length + limit);
  const made: number[] = [];
  try {
    let next = prompt;
    while (made.length < limit) {
      signal?.throwIfAborted();
      const id = sample(await nextLogits(model, next, cache, signal), { temperature, topP }, random);
      if (eosIds.includes(id)) break;
      made.push(id);
      onToken?.(id, made);
      next = Uint32Array.of(id);
    }
    return made;
  } finally {
    cache.free();
  }
}

/** Appends `ids` to the cache and returns the logits `[vocabulary]` after the last of them. */
async function nextLogits(
  model: LlamaModel,
  ids: Uint32Array,
  cache: KvCache,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { backend } = model;
  const hidden = await model.extend(ids, cache, signal);
  try {
    const logits = await model.logits(hidden, ids.length - 1, 1, signal);
    try {
      return await backend.read(logits);
    } finally {
      backend.free(logits);
    }
  } finally {
    backend.free(hidden);
  }
}

function checkOptions(maxTokens: number, temperature: number, topP: number): void {
  const whole = Number.isInteger(maxTokens) && maxTokens >= 0;
  if (!whole) throw wrongOption('the number of new tokens', 'a whole number from 0', maxTokens);
  if (!(temperature >= 0 && temperature < Infinity))
    throw wrongOption('the temperature', 'a number from 0', temperature);
  if (!(topP > 0 && topP <= 1)) throw wrongOption('top-p', 'above 0 and at most 1', topP);
}

const wrongOption = (name: string, expected: string, got: number): EvaluationError =>
  new EvaluationError(`Expected ${name} to be ${expected}, got ${got}. Choose another value.`);
