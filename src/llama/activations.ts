import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BlockTensorName } from './architectures';
import type { Block } from './block';
import type { LlamaConfig } from './config';
import { uploadRope } from './kv-cache';
import { type ForwardOptions, LlamaModel } from './model';

/**
 * Names of a block's activations. A projection's neurons are its rows; their activations are its outputs, bias included, for q
 * and k before the rotary embedding, because that mixes pairs of neurons by an angle that depends only on the position.
 * `self_attn.heads` is the input of o_proj (heads·h, head by head), `mlp.units` the input of down_proj, silu(gate)·up. The
 * outputs of o_proj and down_proj are added to the residual stream.
 */
export const ACTIVATIONS = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.heads',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.units',
  'mlp.down_proj',
] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

/** Returns the number of neurons of one kind in a block. */
function neuronCount(
  { hiddenSize, intermediateSize, heads, kvHeads, headDim }: LlamaConfig,
  name: ActivationName,
) {
  switch (name) {
    case 'self_attn.q_proj':
    case 'self_attn.heads':
      return heads * headDim;
    case 'self_attn.k_proj':
    case 'self_attn.v_proj':
      return kvHeads * headDim;
    case 'mlp.gate_proj':
    case 'mlp.up_proj':
    case 'mlp.units':
      return intermediateSize;
    case 'self_attn.o_proj':
    case 'mlp.down_proj':
      return hiddenSize;
  }
}

/** The inputs of every block of a model on a text; owned, on the device until `free`. */
export class BlockInputs {
  readonly #backend: Backend;
  /** `[block][window]` */
  readonly #streams: readonly Tensor[][];

  private constructor(backend: Backend, streams: readonly Tensor[][]) {
    this.#backend = backend;
    this.#streams = streams;
  }

  /**
   * Runs the model up to the input of its last block. Each window of token ids starts at position 0 and attends only to itself.
   * @throws AbortError.
   */
  static async of(
    model: LlamaModel,
    windows: readonly Uint32Array[],
    options: ForwardOptions = {},
  ): Promise<BlockInputs> {
    const { backend, config, weights, layers } = model;
    const streams: Tensor[][] = layers.map(() => []);
    try {
      const below = new LlamaModel(backend, config, weights, layers.slice(0, -1));
      const states = await below.hidden(windows, {
        ...options,
        onStream: async ({ depth, stream }) => {
          // Copy, because the model keeps writing to its stream.
          streams[depth]?.push(backend.weightedSum(stream, 1));
        },
      });
      backend.free(...states);
      return new BlockInputs(backend, streams);
    } catch (error) {
      backend.free(...streams.flat());
      throw error;
    }
  }

  /** Returns the residual stream `[tokens, hidden]` of every window before block `layer`. Do not free them. */
  at(layer: number): readonly Tensor[] {
    const streams = this.#streams[layer];
    if (streams) return streams;
    throw new RangeError(`expected a block below ${this.#streams.length}, got ${layer}`);
  }

  free(): void {
    for (const streams of this.#streams) this.#backend.free(...streams.splice(0));
  }
}

/**
 * Computes the activations of a block's neurons: `[neurons, tokens]` for each name, f32, window after window. The caller frees
 * them.
 * @param inputs residual streams before the block, `[tokens, hidden]` for each window.
 * @throws AbortError.
 */
export async function blockActivations(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  inputs: readonly Tensor[],
  names: Iterable<ActivationName>,
  signal?: AbortSignal,
): Promise<Map<ActivationName, Tensor>> {
  const lengths = inputs.map(({ shape }) => shape[0] ?? 0);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const scope = new Scope(backend, 'activations');
  try {
    const seen = new Map<ActivationName, Tensor>();
    for (const name of names)
      seen.set(name, scope.own(backend.zeros([neuronCount(config, name), tokens], `activations of ${name}`)));
    const rope = scope.own(uploadRope(backend, config, Math.max(1, ...lengths)));
    let columnOffset = 0;
    for (const input of inputs) {
      signal?.throwIfAborted();
      const length = input.shape[0] ?? 0;
      const eye = scope.own(identity(backend, length));
      runBlock(backend, config, block, { input, rope }, new Set(seen.keys()), (name, rows) => {
        const into = seen.get(name);
        // Transposes exactly: each sum has one term.
        if (into) backend.matmul(rows, eye, { orientation: 'tn', into, columnOffset });
      });
      scope.free(eye);
      columnOffset += length;
      await backend.settle();
    }
    for (const tensor of seen.values()) scope.release(tensor);
    return seen;
  } finally {
    scope.free();
  }
}

/** Runs a block on one window as far as `names` need; passes activations `[tokens, neurons]` to `onActivations`. */
function runBlock(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  { input, rope }: { readonly input: Tensor; readonly rope: Tensor },
  names: ReadonlySet<ActivationName>,
  onActivations: (name: ActivationName, rows: Tensor) => void,
): void {
  const { headDim, heads, kvHeads, rmsNormEps } = config;
  const scope = new Scope(backend, 'activations');
  try {
    const normed = (stream: Tensor, gain: BlockTensorName): Tensor =>
      scope.own(backend.rmsNorm(stream, tensor(block, `${gain}.weight`), rmsNormEps));
    const project = (x: Tensor, name: BlockTensorName & ActivationName): Tensor => {
      const bias = block.get(`${name}.bias`);
      const weight = tensor(block, `${name}.weight`);
      const made = backend.matmul(x, weight, { orientation: 'nt', ...(bias ? { bias } : {}) });
      onActivations(name, scope.own(made));
      return made;
    };
    const before = normed(input, 'input_layernorm');
    const rotated = (name: 'self_attn.q_proj' | 'self_attn.k_proj'): Tensor =>
      scope.own(backend.rope(project(before, name), rope, headDim, 0));
    const [q, k] = [rotated('self_attn.q_proj'), rotated('self_attn.k_proj')];
    const v = project(before, 'self_attn.v_proj');
    const mixed = scope.own(backend.attention(q, k, v, { heads, kvHeads, headDim, past: 0 }));
    onActivations('self_attn.heads', mixed);
    const attended = project(mixed, 'self_attn.o_proj');
    if (![...names].some((name) => name.startsWith('mlp.'))) return;
    const stream = scope.own(backend.weightedSum(input, 1, attended, 1));
    const after = normed(stream, 'post_attention_layernorm');
    const [gate, up] = [project(after, 'mlp.gate_proj'), project(after, 'mlp.up_proj')];
    const units = scope.own(backend.swiglu(gate, up));
    onActivations('mlp.units', units);
    if (names.has('mlp.down_proj')) project(units, 'mlp.down_proj');
  } finally {
    scope.free();
  }
}

function tensor(block: Block, key: string): Tensor {
  const found = block.get(key);
  if (found) return found;
  throw new BackendError(
    `activations: expected the block to have ${key}, got none. Open a Llama-type model.`,
  );
}

function identity(backend: Backend, size: number): Tensor {
  const entries = new Float32Array(size * size);
  for (let i = 0; i < size; i++) entries[i * (size + 1)] = 1;
  return backend.upload(entries, [size, size], 'f32', 'identity');
}
