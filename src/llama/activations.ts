import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { Projection } from './architectures';
import type { LlamaConfig } from './config';
import { addAttention, addMlp, type BlockContext, linear } from './forward';
import { type ForwardOptions, LlamaModel } from './model';
import { RopeTables } from './rope-tables';
import { Tape, type TapeEntry } from './tape';

/**
 * Names of a block's activations. A projection's neurons are its rows; their activations are its outputs, bias included, for q
 * and k before norm and rotary embedding, because that mixes pairs of neurons by an angle that depends only on the position.
 * `self_attn.heads` is the input of o_proj (heads·h, head by head), `mlp.units` the input of down_proj, activation(gate)·up. The
 * outputs of o_proj and down_proj are before their norms.
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
  context: BlockContext,
  inputs: readonly Tensor[],
  names: Iterable<ActivationName>,
  signal?: AbortSignal,
): Promise<Map<ActivationName, Tensor>> {
  const { backend, config, kind } = context;
  const lengths = inputs.map(({ shape }) => shape[0] ?? 0);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const scope = new Scope(backend, 'activations');
  const ropes = new RopeTables(backend, config, Math.max(1, ...lengths));
  try {
    const seen = new Map<ActivationName, Tensor>();
    for (const name of names)
      seen.set(name, scope.own(backend.zeros([neuronCount(config, name), tokens], `activations of ${name}`)));
    let columnOffset = 0;
    for (const input of inputs) {
      signal?.throwIfAborted();
      const length = input.shape[0] ?? 0;
      const eye = scope.own(identity(backend, length));
      const rope = ropes.of(kind, { length, windows: 1 });
      runBlock(context, { input, rope }, new Set(seen.keys()), (name, rows) => {
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
    ropes.free();
    scope.free();
  }
}

/** Runs a block on one window as far as `names` need; passes activations `[tokens, neurons]` to `onActivations`. */
function runBlock(
  context: BlockContext,
  { input, rope }: { readonly input: Tensor; readonly rope: Tensor | undefined },
  names: ReadonlySet<ActivationName>,
  onActivations: (name: ActivationName, rows: Tensor) => void,
): void {
  const { backend, block } = context;
  const scope = new Scope(backend, 'activations');
  const tape = new Tape(backend);
  try {
    const project = (x: TapeEntry, name: Projection): void => {
      if (names.has(name)) onActivations(name, scope.own(linear(backend, tape.get(x), block, name)));
    };
    const stream = scope.own(backend.weightedSum(input, 1));
    addAttention(context, stream, { rope, past: 0 }, tape);
    project('normed', 'self_attn.q_proj');
    project('normed', 'self_attn.k_proj');
    onActivations('self_attn.v_proj', tape.get('values'));
    onActivations('self_attn.heads', tape.get('mixed'));
    project('mixed', 'self_attn.o_proj');
    if (![...names].some((name) => name.startsWith('mlp.'))) return;
    addMlp(context, stream, tape);
    onActivations('mlp.gate_proj', tape.get('gate'));
    onActivations('mlp.up_proj', tape.get('up'));
    onActivations('mlp.units', tape.get('inner'));
    project('inner', 'mlp.down_proj');
  } finally {
    tape.free();
    scope.free();
  }
}

function identity(backend: Backend, size: number): Tensor {
  const entries = new Float32Array(size * size);
  for (let i = 0; i < size; i++) entries[i * (size + 1)] = 1;
  return backend.upload(entries, [size, size], 'f32', 'identity');
}
