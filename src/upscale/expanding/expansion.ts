import type { Backend, Tensor } from '../../backend/operations';
import { countParameters } from '../../llama/block';
import type { LlamaConfig } from '../../llama/config';
import type { Layer } from '../../llama/model';
import type { MethodId } from '../../recipe/schema';
import { asBlock, isIdentity, type NewBlock, ownTensors } from '../block/new-block';
import type { PlanSummary } from '../block/planned';

/** A block of the deeper model: base block `index` itself, that block once more, or a block with weights of its own. */
export type DeeperBlock =
  | { readonly kind: 'base' | 'copy'; readonly index: number }
  | { readonly kind: 'new'; readonly block: NewBlock };

/** A deeper model: the new blocks, on the backend until `free`, and where they stand among the base blocks. */
export class Expansion {
  readonly method: MethodId;
  readonly zeroInit: boolean;
  /** All blocks, bottom to top. */
  readonly places: readonly DeeperBlock[];
  /** The same as `LlamaModel` takes them. */
  readonly layers: readonly Layer[];
  /** Indices in the deeper model of what is not the base's own block in its own right: new blocks and copies. */
  readonly newLayers: readonly number[];
  /** New blocks that have weights of their own, bottom to top. */
  readonly blocks: readonly NewBlock[];
  /** Base blocks that these follow, as `blocks`. For methods with gaps they are the gaps, ascending. */
  readonly gaps: readonly number[];
  /** Of the whole deeper model. */
  readonly parameters: number;
  readonly #backend: Backend;
  readonly #baseLayers: number;
  #owned: Tensor[];

  constructor(
    backend: Backend,
    config: LlamaConfig,
    made: { method: MethodId; zeroInit: boolean; places: readonly DeeperBlock[]; zeros: readonly Tensor[] },
  ) {
    this.#backend = backend;
    this.#baseLayers = config.layers;
    this.method = made.method;
    this.zeroInit = made.zeroInit;
    this.places = made.places;
    this.layers = made.places.map((place) =>
      place.kind === 'new'
        ? { kind: 'new', gap: place.block.gap, block: asBlock(place.block) }
        : { kind: 'base', index: place.index },
    );
    this.newLayers = [...made.places.keys()].filter((i) => made.places[i]?.kind !== 'base');
    this.blocks = made.places.flatMap((place) => (place.kind === 'new' ? [place.block] : []));
    this.gaps = this.blocks.map(({ gap }) => gap);
    this.parameters = countParameters(config, made.places.length);
    this.#owned = [...made.zeros, ...this.blocks.flatMap(({ tensors }) => ownTensors(tensors.values()))];
  }

  /** For every block the base block it stands for or after, whose part of config.json it takes. */
  get sources(): number[] {
    return this.places.map((place) => (place.kind === 'new' ? place.block.gap : place.index));
  }

  /** Index in the deeper model → base block, of those that are byte for byte a base block that is there already. */
  get duplicates(): ReadonlyMap<number, number> {
    return new Map(
      this.places.flatMap((place, i) => (place.kind === 'copy' ? [[i, place.index] as const] : [])),
    );
  }

  /** Whether it computes exactly what its base does: all base blocks in order, and between them only identities. */
  get preserving(): boolean {
    const acting = this.places.filter((place) => place.kind !== 'new' || !isIdentity(place.block));
    return (
      acting.length === this.#baseLayers &&
      acting.every((place, i) => place.kind !== 'new' && place.index === i)
    );
  }

  /** Summaries of all plans that were solved, gap by gap. */
  get plans(): PlanSummary[] {
    return this.blocks.flatMap(({ plans }) => plans);
  }

  /** Frees the new blocks; models made from `layers` can no longer run. Twice is harmless. */
  free(): void {
    this.#backend.free(...this.#owned);
    this.#owned = [];
  }
}
