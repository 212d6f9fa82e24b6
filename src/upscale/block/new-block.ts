/*
 * block: what a block is made of, here and in the making: names of its tensors, base blocks on loan, a new block and how it
 * is put together, its plans' numbers, and the errors of all rooms. Knows no method and imports no other room.
 */
import type { Tensor } from '../../backend/operations';
import type { Block } from '../../llama/block';
import { isOutput } from './block-tensor';
import type { PlanSummary } from './planned';

/**
 * A tensor of a new block. `computed` is stored in float32; `zero` and `copy` (of base block `of`) are exact in the
 * checkpoint's own dtype. A `zero` tensor is shared between blocks.
 */
export type NewTensor =
  | { readonly origin: 'computed'; readonly tensor: Tensor }
  | { readonly origin: 'zero'; readonly tensor: Tensor }
  | { readonly origin: 'copy'; readonly tensor: Tensor; readonly of: number };

/** A block with weights of its own, as a method made it. */
export interface NewBlock {
  /** The base block it stands after, or, in a list of slices, for. */
  readonly gap: number;
  /** Keyed as in `blockShapes`. */
  readonly tensors: ReadonlyMap<string, NewTensor>;
  /** Empty for methods without plans. */
  readonly plans: readonly PlanSummary[];
}

/** The block as the forward pass takes it. */
export const asBlock = ({ tensors }: NewBlock): Block =>
  new Map([...tensors].map(([key, { tensor }]) => [key, tensor]));

/** Whether the block passes its input through: everything that writes to the residual stream is zero. */
export const isIdentity = ({ tensors }: NewBlock): boolean =>
  [...tensors].every(([key, { origin }]) => origin === 'zero' || !isOutput(key));

/** The tensors of a block that stay its own: all but shared zeros. */
export const ownTensors = (tensors: Iterable<NewTensor>): Tensor[] =>
  [...tensors].filter(({ origin }) => origin !== 'zero').map(({ tensor }) => tensor);
