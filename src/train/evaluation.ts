import { evaluate } from '../llama/evaluate';
import type { LlamaModel } from '../llama/model';
import type { Example } from './examples';

/** Losses on texts that are not trained on; null if there is no such text. */
export interface RunEvaluation {
  /** Steps done before the evaluation. */
  readonly step: number;
  /** Losses on the new domain and on the old one. */
  readonly heldout: number | null;
  readonly retention: number | null;
  /** Loss on the responses of held-out pairs. */
  readonly response: number | null;
  /** By tensor name: `distance` = ‖now − initial‖, `from` = ‖initial‖. */
  readonly moved: Readonly<Record<string, { readonly distance: number; readonly from: number }>>;
}

/** Returns the mean loss over the counted predictions of examples. */
export async function meanLoss(
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
