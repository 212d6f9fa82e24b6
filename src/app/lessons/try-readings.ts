import type { AppState } from '../store/app';
import type { Continuation } from '../store/state/try';
import { modelChoices } from '../store/try/choices';

/** Most characters of a continuation that a sentence quotes. */
const QUOTED = 80;

/** What a model has written on Try, if it is finished and still of that model. */
function written(state: AppState, model: 'base' | 'recipe'): Continuation | undefined {
  const found = state.tryStage.columns.find((column) => column.model === model)?.written;
  const current = modelChoices(state).find(({ id }) => id === model)?.of;
  return found?.status === 'done' && found.of === current ? found : undefined;
}

const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

/** The first words of what the base has written. */
export function writtenByBase(state: AppState): string | undefined {
  const text = written(state, 'base')?.text.trim();
  if (text === undefined || text === '') return undefined;
  return text.length <= QUOTED ? text : text.slice(0, text.lastIndexOf(' ', QUOTED));
}

/** What base and deeper model have written; undefined until both are finished. */
export function tryReading(
  state: AppState,
): { readonly tokens: number | undefined; readonly words: number; readonly same: number } | undefined {
  const [base, deeper] = [written(state, 'base'), written(state, 'recipe')];
  if (base === undefined || deeper === undefined || base.prompt !== deeper.prompt) return undefined;
  const [first, second] = [wordsOf(base.text), wordsOf(deeper.text)];
  const different = second.findIndex((word, at) => word !== first[at]);
  return {
    tokens: deeper.tokens,
    words: second.length,
    same: different < 0 ? second.length : different,
  };
}
