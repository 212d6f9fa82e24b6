/*
 * activations: compares neurons by their activations on a text instead of their weights. `features` computes the activations
 * of base blocks; `heads` matches q, k and v by them, head by head.
 */
import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';
import { type ActivationName, blockActivations, BlockInputs } from '../../llama/activations';
import type { Block } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import { kindOf } from '../../llama/layer';
import { LlamaModel } from '../../llama/model';
import { TensorCache } from '../../llama/tensor-cache';
import type { Weights } from '../../llama/weights';
import { HEAD_OUTPUTS } from '../block/block-tensor';
import { type BlockSource, leaseBlocks } from '../block/lease';
import { UpscaleError } from '../block/errors';
import type { PlannedTensor } from '../block/planned';
import { standardised } from './standardised';

/** The activation that replaces the rows of a tensor. gate and up share that of their hidden unit. */
const ACTIVATION_OF: Readonly<Record<PlannedTensor, ActivationName>> = {
  'self_attn.q_proj': 'self_attn.q_proj',
  'self_attn.k_proj': 'self_attn.k_proj',
  'self_attn.v_proj': 'self_attn.v_proj',
  'self_attn.o_proj': 'self_attn.o_proj',
  'mlp.gate_proj': 'mlp.units',
  'mlp.up_proj': 'mlp.units',
  'mlp.down_proj': 'mlp.down_proj',
};

const NAMES = new Set<ActivationName>([...Object.values(ACTIVATION_OF), HEAD_OUTPUTS]);

/** Device memory for features; above it those of the least recently used blocks are evicted. */
const BUDGET_BYTES = 2 ** 27;

interface FeatureOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Source of features of base blocks: under the key of every weight, a matrix with one row per neuron: its activations over
 * all tokens, minus their mean, scaled to unit length (`standardised`). The cosine cost of two rows is then 1 − Pearson's
 * correlation. Blocks are leased and released like those of `Weights`.
 */
export class ActivationFeatures implements BlockSource {
  readonly config: LlamaConfig;
  readonly #backend: Backend;
  readonly #weights: Weights;
  readonly #inputs: BlockInputs;
  readonly #cache: TensorCache;

  private constructor(backend: Backend, weights: Weights, inputs: BlockInputs) {
    this.config = weights.config;
    this.#backend = backend;
    this.#weights = weights;
    this.#inputs = inputs;
    this.#cache = new TensorCache(backend, BUDGET_BYTES);
  }

  /**
   * Runs the base model on windows of token ids. Every window starts at position 0 and attends only to itself. Keeps the
   * residual stream before every block until `free`: layers · tokens · hidden · 4 bytes.
   * @throws UpscaleError for fewer than two tokens; AbortError.
   */
  static async of(
    backend: Backend,
    weights: Weights,
    windows: readonly Uint32Array[],
    options: FeatureOptions = {},
  ): Promise<ActivationFeatures> {
    const tokens = windows.reduce((sum, { length }) => sum + length, 0);
    if (tokens < 2) {
      throw new UpscaleError(
        `activations: expected a text of at least 2 tokens, over which neurons can vary, got ${tokens}. Give a longer text.`,
      );
    }
    const model = LlamaModel.base(backend, weights.config, weights);
    return new ActivationFeatures(backend, weights, await BlockInputs.of(model, windows, options));
  }

  async block(index: number, signal?: AbortSignal): Promise<Block> {
    const { hiddenSize: d, intermediateSize: m, heads, kvHeads, headDim } = this.config;
    const tokens = this.#inputs.at(index).reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
    const bytes = 4 * tokens * (2 * d + m + 2 * (heads + kvHeads) * headDim);
    const made = await this.#cache.acquire(
      `features ${index}`,
      bytes,
      () => this.#make(index, signal),
      signal,
    );
    const features = new Map<string, Tensor>();
    for (const [name, activation] of Object.entries(ACTIVATION_OF)) {
      const tensor = made.get(activation);
      if (tensor) features.set(`${name}.weight`, tensor);
    }
    const outputs = made.get(HEAD_OUTPUTS);
    return outputs ? features.set(HEAD_OUTPUTS, outputs) : features;
  }

  release(index: number): void {
    this.#cache.release(`features ${index}`);
  }

  free(): void {
    this.#cache.free();
    this.#inputs.free();
  }

  async #make(index: number, signal: AbortSignal | undefined): Promise<Map<string, Tensor>> {
    const backend = this.#backend;
    const lease = await leaseBlocks(this.#weights, [index], signal);
    const made = new Map<string, Tensor>();
    const raw: Tensor[] = [];
    try {
      const [block = new Map()] = lease.blocks;
      const { config } = this;
      const of = { backend, config, block, kind: kindOf(config, { kind: 'base', index }) };
      const seen = await blockActivations(of, this.#inputs.at(index), NAMES, signal);
      raw.push(...seen.values());
      for (const [name, tensor] of seen) {
        signal?.throwIfAborted();
        const [rows, tokens] = matrix(tensor);
        const values = standardised(await backend.read(tensor), rows);
        if (!values) {
          throw new UpscaleError(
            `activations of ${name} in block ${index}: expected finite values, got NaN or infinity. ` +
              'Choose another text, or features: weights.',
          );
        }
        const features =
          name === HEAD_OUTPUTS
            ? backend.upload(transposedValues(values, rows), [tokens, rows], 'f32', `features of ${name}`)
            : backend.upload(values, [rows, tokens], 'f32', `features of ${name}`);
        made.set(name, backend.countAs('activations', features));
      }
      return made;
    } catch (error) {
      backend.free(...made.values());
      throw error;
    } finally {
      backend.free(...raw);
      lease.release();
    }
  }
}

function transposedValues(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return values.map((_, k) => values[(k % rows) * columns + Math.floor(k / rows)] as number);
}
