import type { AppState } from '../store/app';
import { modelChoices } from '../store/try/choices';

/** What base and deeper model have written on Try; undefined until both are finished. */
export function tryReading(
  state: AppState,
): { readonly tokens: number | undefined; readonly words: number; readonly same: number } | undefined {
  const choices = modelChoices(state);
  const [base, deeper] = ['base', 'recipe'].map((model) => {
    const written = state.tryStage.columns.find((column) => column.model === model)?.written;
    const current = written?.of === choices.find(({ id }) => id === model)?.of;
    return written?.status === 'done' && current ? written : undefined;
  });
  if (base === undefined || deeper === undefined || base.prompt !== deeper.prompt) return undefined;
  const [first, second] = [base, deeper].map(({ text }) => text.trim().split(/\s+/)) as [string[], string[]];
  const different = second.findIndex((word, at) => word !== first[at]);
  return {
    tokens: deeper.tokens,
    words: second.length,
    same: different < 0 ? second.length : different,
  };
}
