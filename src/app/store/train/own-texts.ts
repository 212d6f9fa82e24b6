import { MAX_TEXT_BYTES, fileText } from '../../files/file-text';
import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { TextUse, WithRace } from '../state/race';

type Needs = WithRace;

/** Uses the user's files as texts. The use of each is guessed from its name and content. */
export async function addRaceFiles(store: Store<Needs>, files: readonly File[]): Promise<void> {
  for (const file of files) {
    const content = await fileText(file, MAX_TEXT_BYTES, 'a text');
    setRaceText(store, useOf(file.name, content), { name: file.name, content });
  }
}

/** Sets the user's own text for a use; undefined selects the shipped text again. */
export function setRaceText(
  store: Store<Needs>,
  use: TextUse,
  text: { readonly name: string; readonly content: string } | undefined,
): void {
  patch(store, 'race', ({ texts }) => {
    const { [use]: _, ...others } = texts;
    return { texts: text === undefined ? others : { ...others, [use]: text } };
  });
}

/** JSON lines with `instruction` or `response` are pairs; “heldout”, “valid” or “test” in the name means held out. */
function useOf(name: string, content: string): TextUse {
  const pairs = /\.(jsonl|ndjson)$/i.test(name) && /^\s*\{[^\n]*"(instruction|response)"\s*:/.test(content);
  const measured = /held-?out|valid|test/i.test(name);
  if (pairs) return measured ? 'heldoutPairs' : 'pairs';
  return measured ? 'heldout' : 'train';
}
