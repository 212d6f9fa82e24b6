import type { Tokenizer } from '../../llama/tokenizer';

/**
 * Single tokens as text, each decoded once. One without a text of its own (a special token, or no tokenizer at all) is
 * `#id`; one that is part of a character comes as the replacement character.
 */
export function pieceReader(tokenizer: Tokenizer | undefined): (id: number) => string {
  const known = new Map<number, string>();
  const read = (id: number): string => {
    const once = tokenizer?.decode([id]) ?? '';
    // Some decoders take the space off the start of a text: behind itself a token keeps it.
    const twice = tokenizer?.decode([id, id]) ?? '';
    return (twice.startsWith(once) ? twice.slice(once.length) : once) || `#${id}`;
  };
  return (id) => {
    const piece = known.get(id) ?? read(id);
    known.set(id, piece);
    return piece;
  };
}
