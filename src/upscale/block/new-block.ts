/*
 * block: the parts shared by all methods: tensor names (`block-tensor`, `planned`), leases of base blocks (`lease`), new
 * blocks (`new-block`) and their assembly (`assembly`), errors. Knows no method and imports no other room.
 */
import type { Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import { isOutputProjection } from './block-tensor';
import type { PlanSummary } from './planned';

/**
 * A tensor of a new block. `computed` is stored in float32; `zero` and `copy` (of base block `of`) in the checkpoint's
 * dtype, where they are exact. A `zero` tensor is shared between blocks.
 */
export type NewTensor =
  | { readonly origin: 'computed'; readonly tensor: Tensor }
  | { readonly origin: 'zero'; readonly tensor: Tensor }
  | { readonly origin: 'copy'; readonly tensor: Tensor; readonly of: number };

/** A block that a method made, with its own weights. */
export interface NewBlock {
  /** The base block that it follows, or, in a list of slices, that it is made from. */
  readonly gap: number;
  /** Keyed as in `blockShapes`. */
  readonly tensors: ReadonlyMap<string, NewTensor>;
  /** Empty for methods without plans. */
  readonly plans: readonly PlanSummary[];
}

/** Converts to the form that the forward pass takes. */
export const asBlock = ({ tensors }: NewBlock): Block =>
  new Map([...tensors].map(([key, { tensor }]) => [key, tensor]));

/** True if the block returns its input: all its output projections are zero. */
export const isIdentity = ({ tensors }: NewBlock): boolean =>
  [...tensors].every(([key, { origin }]) => origin === 'zero' || !isOutputProjection(key));

/** The tensors that a block owns: all except shared zeros. */
export const ownTensors = (tensors: Iterable<NewTensor>): Tensor[] =>
  [...tensors].filter(({ origin }) => origin !== 'zero').map(({ tensor }) => tensor);
