import type { Tensor } from '../backend/operations';
import { type Block, blockShapes, blockTensorName } from '../llama/block';
import { architectureOf, type LlamaConfig } from '../llama/config';
import { type Layer, LlamaModel } from '../llama/model';
import type { Band } from '../llama/weights';
import { TrainError } from './errors';
import { Overlay } from './overlay';
import { type Parameter, Parameters } from './parameters';
import { withBlock } from './with-block';

/** What of a deeper model learns; all else is frozen. */
export interface Trainable {
  /** Indices in the deeper model of the blocks that learn. */
  readonly blocks: readonly number[];
  /** Which of their tensors, by keys of `blockShapes`. Default: all. */
  readonly tensors?: (key: string) => boolean;
  /** The token embedding, the final norm and the head. Where the model is tied, embedding and head are one matrix. */
  readonly embedding: boolean;
  readonly finalNorm: boolean;
  readonly head: boolean;
}

/** A model some of whose tensors are copies that learn. The base's own are never written. */
export class TrainedModel {
  readonly parameters: Parameters;
  /** The blocks that learn, by index: their parameters, keyed as in `blockShapes`. */
  readonly blocks = new Map<number, ReadonlyMap<string, Parameter>>();
  /** Bands of embedding and head that learn. */
  readonly bands = new Map<Band, Parameter>();
  finalNorm: Parameter | undefined;
  readonly trainable: Trainable;
  readonly #base: LlamaModel;
  #model: LlamaModel;

  private constructor(base: LlamaModel, trainable: Trainable) {
    this.trainable = trainable;
    this.parameters = new Parameters(base.backend);
    this.#base = base;
    this.#model = base;
  }

  /** @throws TrainError when nothing would learn, or for a block that is not there. */
  static async open(base: LlamaModel, trainable: Trainable, signal?: AbortSignal): Promise<TrainedModel> {
    const made = new TrainedModel(base, trainable);
    try {
      await made.#copy(base, signal);
      return made;
    } catch (error) {
      made.free();
      throw error;
    }
  }

  /** The model as trained so far. */
  get model(): LlamaModel {
    return this.#model;
  }

  /** Back-propagation goes down to this block and no further; the number of blocks where it stops above all of them. */
  get lowest(): number {
    return this.#embeds ? 0 : Math.min(this.#model.layers.length, ...this.blocks.keys());
  }

  /** Gradients of a block's tensors that learn, keyed as in `blockShapes`. */
  gradients(depth: number): Block {
    return new Map([...(this.blocks.get(depth) ?? [])].map(([key, { gradient }]) => [key, gradient]));
  }

  /** How far each tensor of the blocks is from where it began, and the norm of that beginning, by name. */
  async moved(signal?: AbortSignal): Promise<Map<string, { distance: number; from: number }>> {
    const { backend } = this.#base;
    const moved = new Map<string, { distance: number; from: number }>();
    for (const [index, parameters] of this.blocks) {
      const layer = this.#base.layers[index];
      if (!layer) continue;
      await withBlock(this.#base, layer, signal, async (start) => {
        for (const [key, { name, value }] of parameters) {
          const begun = start.get(key);
          if (!begun) continue;
          const difference = backend.weightedSum(value, 1, begun, -1);
          const norms = [backend.squaredNorm(difference), backend.squaredNorm(begun)];
          try {
            const [distance = 0, from = 0] = await Promise.all(
              norms.map(async (norm) => Math.sqrt((await backend.read(norm))[0] ?? Number.NaN)),
            );
            moved.set(name, { distance, from });
          } finally {
            backend.free(difference, ...norms);
          }
        }
      });
    }
    return moved;
  }

  free(): void {
    this.parameters.free();
  }

  get #embeds(): boolean {
    return this.#model.weights.embedding.some((band) => this.bands.has(band));
  }

  async #copy(base: LlamaModel, signal: AbortSignal | undefined): Promise<void> {
    const { backend, config, weights } = base;
    const { blocks, embedding, finalNorm, head } = this.trainable;
    const layers: Layer[] = [...base.layers];
    for (const index of blocks) {
      const layer = base.layers[index];
      if (layer === undefined || this.blocks.has(index))
        throw new TrainError(
          `expected different blocks from 0 to ${base.layers.length - 1} to train, got ${blocks.join(', ')}. Name each once.`,
        );
      const block = await withBlock(base, layer, signal, (tensors) =>
        this.#block(config, index, layer, tensors),
      );
      layers[index] = { kind: 'new', gap: layer.kind === 'new' ? layer.gap : layer.index, block };
    }
    const names = architectureOf(config);
    for (const band of [...(embedding ? weights.embedding : []), ...(head ? weights.head : [])]) {
      if (this.bands.has(band)) continue;
      this.bands.set(
        band,
        await weights.withBand(band, (rows) => this.parameters.add(band.name, rows), signal),
      );
    }
    if (finalNorm)
      this.finalNorm = await weights.withFinalNorm(
        (gain) => this.parameters.add(names.finalNorm, gain),
        signal,
      );
    if (this.parameters.all.length === 0)
      throw new TrainError('expected at least one tensor to train, got none. Choose blocks that learn.');
    const values = new Map([...this.bands].map(([band, { value }]) => [band, value]));
    this.#model = new LlamaModel(
      backend,
      config,
      new Overlay(weights, values, this.finalNorm?.value),
      layers,
    );
  }

  async #block(config: LlamaConfig, index: number, layer: Layer, tensors: Block): Promise<Block> {
    const { tensors: learns = () => true } = this.trainable;
    const learning = new Map<string, Parameter>();
    const block = new Map<string, Tensor>();
    for (const key of blockShapes(config).keys()) {
      const tensor = tensors.get(key);
      if (!tensor) continue;
      if (learns(key)) {
        const parameter = await this.parameters.add(blockTensorName(config, index, key), tensor);
        learning.set(key, parameter);
        block.set(key, parameter.value);
      } else {
        // A base block's own tensors come and go; a new block's stay.
        block.set(key, layer.kind === 'new' ? tensor : await this.parameters.copy(tensor));
      }
    }
    this.blocks.set(index, learning);
    return block;
  }
}
