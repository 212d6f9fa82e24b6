import { BackendError } from '../backend/errors';
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { BlockTensorName } from './architectures';
import type { Block } from './block';
import type { LlamaConfig } from './config';
import { uploadRope } from './kv-cache';
import { type ForwardOptions, LlamaModel } from './model';

/**
 * What can be looked at in a block. A projection's neurons are its rows, and their activations its outputs, bias included:
 * of q and k those before the rotary embedding, which turns two neurons into one another by an angle that tells the
 * position and nothing of the neuron. `self_attn.heads` is what attention gives o_proj to read (heads·h, head by head),
 * `mlp.units` what the MLP gives down_proj: silu(gate)·up. o_proj and down_proj are what is added to the residual stream.
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

/** Neurons of one kind in a block. */
function neurons(
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

/** What goes into every block of a model on a text, on the device until `free`. */
export class BlockInputs {
  readonly #backend: Backend;
  /** By block, then by window. */
  readonly #streams: readonly Tensor[][];

  private constructor(backend: Backend, streams: readonly Tensor[][]) {
    this.#backend = backend;
    this.#streams = streams;
  }

  /**
   * Runs the model on windows of token ids, each from position 0 and seeing only itself, up to the input of its last block.
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
          // A copy: the model goes on writing to its own.
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

  /** The residual stream `[tokens, hidden]` of every window before block `layer`. It stays this object's. */
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
 * Activations of a block's neurons, `[neurons, tokens]` for each name, f32, windows one after the other; the caller's to
 * free.
 * @param inputs residual streams that go into the block, `[tokens, hidden]` for each window.
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
  const scope = new Scope(backend);
  try {
    const seen = new Map<ActivationName, Tensor>();
    for (const name of names)
      seen.set(name, scope.own(backend.zeros([neurons(config, name), tokens], `activations of ${name}`)));
    const rope = scope.own(uploadRope(backend, config, Math.max(1, ...lengths)));
    let columnOffset = 0;
    for (const input of inputs) {
      signal?.throwIfAborted();
      const length = input.shape[0] ?? 0;
      const eye = scope.own(identity(backend, length));
      watch(backend, config, block, { input, rope }, new Set(seen.keys()), (name, rows) => {
        const into = seen.get(name);
        // The transpose, exactly: every sum has one term.
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

/** One block's forward pass on one window, as far as `names` need it. `see` is shown activations `[tokens, neurons]`. */
function watch(
  backend: Backend,
  config: LlamaConfig,
  block: Block,
  { input, rope }: { readonly input: Tensor; readonly rope: Tensor },
  names: ReadonlySet<ActivationName>,
  see: (name: ActivationName, rows: Tensor) => void,
): void {
  const { headDim, heads, kvHeads, rmsNormEps } = config;
  const scope = new Scope(backend);
  try {
    const normed = (stream: Tensor, gain: BlockTensorName): Tensor =>
      scope.own(backend.rmsNorm(stream, tensor(block, `${gain}.weight`), rmsNormEps));
    const project = (x: Tensor, name: BlockTensorName & ActivationName): Tensor => {
      const bias = block.get(`${name}.bias`);
      const weight = tensor(block, `${name}.weight`);
      const made = backend.matmul(x, weight, { orientation: 'nt', ...(bias ? { bias } : {}) });
      see(name, scope.own(made));
      return made;
    };
    const before = normed(input, 'input_layernorm');
    const rotated = (name: 'self_attn.q_proj' | 'self_attn.k_proj'): Tensor =>
      scope.own(backend.rope(project(before, name), rope, headDim, 0));
    const [q, k] = [rotated('self_attn.q_proj'), rotated('self_attn.k_proj')];
    const v = project(before, 'self_attn.v_proj');
    const mixed = scope.own(backend.attention(q, k, v, { heads, kvHeads, headDim, past: 0 }));
    see('self_attn.heads', mixed);
    const attended = project(mixed, 'self_attn.o_proj');
    if (![...names].some((name) => name.startsWith('mlp.'))) return;
    const stream = scope.own(backend.weightedSum(input, 1, attended, 1));
    const after = normed(stream, 'post_attention_layernorm');
    const [gate, up] = [project(after, 'mlp.gate_proj'), project(after, 'mlp.up_proj')];
    const units = scope.own(backend.swiglu(gate, up));
    see('mlp.units', units);
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
