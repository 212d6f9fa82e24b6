import type { NamedText, TrainingTexts } from '../../../engine/jobs';
import type { Platform } from '../core/store';
import type { OwnTexts, TextUse } from '../state/race';
import { firstPage } from './first-page';

/** Texts that ship with the page. */
export const SHIPPED_TEXTS: Readonly<Record<TextUse, { readonly file: string; readonly title: string }>> = {
  train: { file: 'observatory-train.txt', title: 'Science tales' },
  heldout: { file: 'observatory-heldout.txt', title: 'Science tales, held out' },
  retention: { file: 'fairy-heldout.txt', title: 'Fairy tales' },
  pairs: { file: 'questions.jsonl', title: 'Questions about the tales' },
  heldoutPairs: { file: 'questions-heldout.jsonl', title: 'Questions, held out' },
};

/** Share of the user's training text, at its end, that is held out if there is no own held-out text. */
const HELD_OUT_SHARE = 0.1;

/** What decides which texts a race needs, and how much of them. */
interface RaceTextNeeds {
  readonly steps: number;
  readonly tuningSteps: number;
  /** True: only the first page of each. */
  readonly short: boolean;
}

/** Returns a function that loads the texts of a race: the user's own, else the shipped ones. */
export function createTexts({ platform }: { readonly platform: Platform }) {
  const known = new Map<string, Promise<NamedText>>();

  function shipped(use: TextUse, signal: AbortSignal): Promise<NamedText> {
    const { file } = SHIPPED_TEXTS[use];
    const found = known.get(file);
    if (found) return found;
    const url = new URL(`corpus/${file}`, platform.base).href;
    const text = platform.fetchText(url, signal).then((content) => ({ name: file, content }));
    known.set(file, text);
    // Forget a failed fetch, so that it is tried again.
    text.catch(() => known.delete(file));
    return text;
  }

  return async (
    own: OwnTexts,
    { steps, tuningSteps, short }: RaceTextNeeds,
    signal: AbortSignal,
  ): Promise<TrainingTexts> => {
    const uses: TextUse[] = ['retention'];
    if (steps > 0) uses.push('train');
    if (own.train === undefined || own.heldout !== undefined) uses.push('heldout');
    if (tuningSteps > 0) uses.push('pairs');
    if (tuningSteps > 0 && (own.pairs === undefined || own.heldoutPairs !== undefined))
      uses.push('heldoutPairs');
    const texts = await Promise.all(
      uses.map(async (use) => {
        const text = own[use] ?? (await shipped(use, signal));
        return [use, short ? firstPage(text) : text] as const;
      }),
    );
    const needsEnd = own.train !== undefined && own.heldout === undefined;
    return { ...Object.fromEntries(texts), ...(needsEnd ? { heldOutShare: HELD_OUT_SHARE } : {}) };
  };
}
