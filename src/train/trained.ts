import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { type Block, blockShapes, blockTensorName } from '../llama/block';
import { type BlockHandle, residentBlock } from '../llama/block-handle';
import { architectureOf, type LlamaConfig } from '../llama/config';
import { LlamaModel } from '../llama/model';
import type { Band, WeightSource } from '../llama/weights';
import { TrainError } from './errors';
import { WeightOverrides } from './weight-overrides';
import { type Parameter, Parameters } from './parameters';
import { type Layer, withBlock } from '../llama/layer';

/** The trained part of a deeper model; the rest is frozen. */
export interface Trainable {
  /** Indices of trained blocks in the deeper model. */
  readonly blocks: readonly number[];
  /** True for the tensors of these blocks to train, by keys of `blockShapes`. Default: all. */
  readonly tensors?: (key: string) => boolean;
  /** Whether to train token embedding, final norm and head. In a tied model, embedding and head are one matrix. */
  readonly embedding: boolean;
  readonly finalNorm: boolean;
  readonly head: boolean;
}

/** A model in which some tensors are replaced by trained copies. The base's own tensors are never written. */
export class TrainedModel {
  readonly parameters: Parameters;
  /** Parameters of each trained block by its index, keyed as in `blockShapes`. */
  readonly blocks = new Map<number, ReadonlyMap<string, Parameter>>();
  /** Parameters of trained bands of embedding and head. */
  readonly bands = new Map<Band, Parameter>();
  finalNorm: Parameter | undefined;
  readonly trainable: Trainable;
  readonly #base: LlamaModel;
  /** New blocks with frozen tensors in use. */
  readonly #held: BlockHandle[] = [];
  #model: LlamaModel;

  private constructor(base: LlamaModel, trainable: Trainable) {
    this.trainable = trainable;
    this.parameters = new Parameters(base.backend);
    this.#base = base;
    this.#model = base;
  }

  /** @throws TrainError if nothing would be trained, or a block does not exist. */
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

  /** The lowest block that back-propagation passes through; the number of blocks if it passes through none. */
  get lowest(): number {
    return this.#embeds ? 0 : Math.min(this.#model.layers.length, ...this.blocks.keys());
  }

  /** Returns the gradient tensors of a block's parameters, keyed as in `blockShapes`. */
  gradients(depth: number): Block {
    return new Map([...(this.blocks.get(depth) ?? [])].map(([key, { gradient }]) => [key, gradient]));
  }

  /** Returns by tensor name of the trained blocks: `distance` = ‖now − initial‖ and `from` = ‖initial‖. */
  async moved(signal?: AbortSignal): Promise<Map<string, { distance: number; from: number }>> {
    const { backend } = this.#base;
    const names: string[] = [];
    const scope = new Scope(backend);
    try {
      // Read once at the end, because waiting for every number would leave the device idle.
      const squares: Tensor[] = [];
      for (const [index, parameters] of this.blocks) {
        const layer = this.#base.layers[index];
        if (!layer || parameters.size === 0) continue;
        await withBlock(this.#base.weights, layer, signal, (start) => {
          const differences: Tensor[] = [];
          const pairs: Tensor[] = [];
          for (const [key, { name, value }] of parameters) {
            const begun = start.get(key);
            if (!begun) continue;
            names.push(name);
            const difference = scope.own(backend.weightedSum(value, 1, begun, -1));
            differences.push(difference);
            pairs.push(difference, begun);
          }
          squares.push(scope.own(backend.squaredNorms(pairs)));
          scope.free(...differences);
        });
      }
      const read = await Promise.all(squares.map((tensor) => backend.read(tensor)));
      const norms = read.flatMap((values) => Array.from(values, Math.sqrt));
      return new Map(
        names.map((name, i) => [
          name,
          { distance: norms[2 * i] ?? Number.NaN, from: norms[2 * i + 1] ?? Number.NaN },
        ]),
      );
    } finally {
      scope.free();
    }
  }

  free(): void {
    this.parameters.free();
    for (const block of this.#held.splice(0)) block.release();
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
      const block = await this.#trainedBlock(weights, layer, index, signal);
      layers[index] = {
        kind: 'new',
        like: layer.kind === 'new' ? layer.like : layer.index,
        block: residentBlock(block),
      };
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
      new WeightOverrides(weights, values, this.finalNorm?.value),
      layers,
    );
  }

  async #trainedBlock(
    weights: WeightSource,
    layer: Layer,
    index: number,
    signal: AbortSignal | undefined,
  ): Promise<Block> {
    const { config } = weights;
    if (layer.kind === 'base')
      return withBlock(weights, layer, signal, (tensors) =>
        this.#block(config, index, tensors, (frozen) => this.parameters.copy(frozen)),
      );
    // A new block is nobody else's, so its frozen tensors are held instead of copied.
    const tensors = await layer.block.acquire(signal);
    this.#held.push(layer.block);
    return this.#block(config, index, tensors, async (frozen) => frozen);
  }

  async #block(
    config: LlamaConfig,
    index: number,
    tensors: Block,
    keep: (frozen: Tensor) => Promise<Tensor>,
  ): Promise<Block> {
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
        block.set(key, await keep(tensor));
      }
    }
    this.blocks.set(index, learning);
    return block;
  }
}
