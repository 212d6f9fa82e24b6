import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { TextUse, WithRace } from '../state/race';

/** The parts of the state it reads and changes. */
type Needs = WithRace;

/** Takes files as texts of one's own, each for what it looks made for. */
export async function addRaceFiles(store: Store<Needs>, files: readonly File[]): Promise<void> {
  for (const file of files) {
    const content = await file.text();
    setRaceText(store, useOf(file.name, content), { name: file.name, content });
  }
}

/** Uses a text of one's own, or again the shipped one. What was measured beside a shipped text goes with it. */
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

/** Lines with an instruction are pairs; a name that says so is a text to measure. */
function useOf(name: string, content: string): TextUse {
  const pairs = /\.(jsonl|ndjson)$/i.test(name) && /^\s*\{[^\n]*"(instruction|response)"\s*:/.test(content);
  const measured = /held-?out|valid|test/i.test(name);
  if (pairs) return measured ? 'heldoutPairs' : 'pairs';
  return measured ? 'heldout' : 'train';
}
