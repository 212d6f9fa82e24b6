import { evaluate } from '../llama/evaluate';
import type { LlamaModel } from '../llama/model';
import type { Example } from './examples';

/** Losses on what is never learnt from; null without such a text. */
export interface RunEvaluation {
  /** Steps done before it. */
  readonly step: number;
  /** On the new domain, and on the old one. */
  readonly heldout: number | null;
  readonly retention: number | null;
  /** On the responses of held-out pairs. */
  readonly response: number | null;
  /** Tensor → norm of the way from its beginning, and of that beginning. */
  readonly moved: Readonly<Record<string, { readonly distance: number; readonly from: number }>>;
}

/** Mean loss over the predictions of examples that count. */
export async function lossOf(
  model: LlamaModel,
  examples: readonly Example[],
  signal?: AbortSignal,
): Promise<number> {
  const { nll } = await evaluate(
    model,
    examples.map(({ ids }) => ids),
    { signal },
  );
  let [sum, count, start] = [0, 0, 0];
  for (const { ids, from } of examples) {
    for (let i = from - 1; i < ids.length - 1; i++) sum += nll[start + i] ?? Number.NaN;
    count += ids.length - from;
    start += ids.length - 1;
  }
  return sum / count;
}
