import type { Backend, Tensor } from '../../backend/operations';
import { countParameters } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import type { Layer } from '../../llama/layer';
import { LlamaModel } from '../../llama/model';
import type { WeightSource } from '../../llama/weights';
import type { MethodId } from '../../recipe/schema';
import type { NewBlock } from '../block/new-block';
import type { PlanSummary } from '../block/planned';
import type { OuterFactors } from './filters';
import { ScaledWeights } from './scaled-weights';

/** A block of the deeper model: base block `index`, a copy of it, or a new block. */
export type DeeperBlock =
  | { readonly kind: 'base' | 'copy'; readonly index: number }
  | { readonly kind: 'new'; readonly block: NewBlock };

/** A deeper model: the order of its blocks, and its new blocks, which it owns until `free`. */
export class Expansion {
  readonly method: MethodId;
  readonly zeroInit: boolean;
  /** Factors of the tensors outside the blocks. */
  readonly outer: OuterFactors;
  /** What of the recipe had no effect on this model. */
  readonly notices: readonly string[];
  /** All blocks, bottom to top. */
  readonly places: readonly DeeperBlock[];
  /** The same blocks in the form that `LlamaModel` takes. */
  readonly layers: readonly Layer[];
  /** Indices in the deeper model of new blocks and copies. */
  readonly newLayers: readonly number[];
  /** New blocks with their own weights, bottom to top. */
  readonly blocks: readonly NewBlock[];
  /** The base block that each of `blocks` follows. For methods with gaps: the gaps, ascending. */
  readonly gaps: readonly number[];
  /** Number of parameters of the whole deeper model. */
  readonly parameters: number;
  readonly #backend: Backend;
  readonly #baseLayers: number;
  #zeros: readonly Tensor[];

  constructor(
    backend: Backend,
    config: LlamaConfig,
    made: {
      method: MethodId;
      zeroInit: boolean;
      places: readonly DeeperBlock[];
      zeros: readonly Tensor[];
      outer: OuterFactors;
      notices: readonly string[];
    },
  ) {
    this.#backend = backend;
    this.#baseLayers = config.layers;
    this.method = made.method;
    this.zeroInit = made.zeroInit;
    this.outer = made.outer;
    this.notices = made.notices;
    this.places = made.places;
    this.layers = made.places.map((place) =>
      place.kind === 'new'
        ? { kind: 'new', like: place.block.like, block: place.block }
        : { kind: 'base', index: place.index },
    );
    this.newLayers = [...made.places.keys()].filter((i) => made.places[i]?.kind !== 'base');
    this.blocks = made.places.flatMap((place) => (place.kind === 'new' ? [place.block] : []));
    this.gaps = this.blocks.map(({ gap }) => gap);
    this.parameters = countParameters(config, made.places.length);
    this.#zeros = made.zeros;
  }

  /** For every block the base block that it is, copies or takes its settings from. It takes that block's entries of config.json. */
  get sources(): number[] {
    return this.places.map((place) => (place.kind === 'new' ? place.block.like : place.index));
  }

  /** Copies that are equal to a base block byte for byte: index in the deeper model → base block. */
  get duplicates(): ReadonlyMap<number, number> {
    return new Map(
      this.places.flatMap((place, i) => (place.kind === 'copy' ? [[i, place.index] as const] : [])),
    );
  }

  /** True if it computes exactly what the base does: all base blocks in order, with only identities between them. */
  get preserving(): boolean {
    if (Object.values(this.outer).some((factor) => factor !== 1)) return false;
    const acting = this.places.filter((place) => place.kind !== 'new' || !place.block.isIdentity);
    return (
      acting.length === this.#baseLayers &&
      acting.every((place, i) => place.kind !== 'new' && place.index === i)
    );
  }

  /** Returns the deeper model; `weights` are those of the base. */
  model(weights: WeightSource): LlamaModel {
    const scaled = Object.values(this.outer).some((factor) => factor !== 1);
    const source = scaled ? new ScaledWeights(this.#backend, weights, this.outer) : weights;
    return new LlamaModel(this.#backend, weights.config, source, this.layers);
  }

  /** Summaries of all plans that were solved, gap by gap. */
  get plans(): PlanSummary[] {
    return this.blocks.flatMap(({ plans }) => plans);
  }

  /** Frees the new blocks. Models made from `layers` can no longer run. May be called twice. */
  free(): void {
    for (const block of this.blocks) block.free();
    this.#backend.free(...this.#zeros);
    this.#zeros = [];
  }
}
