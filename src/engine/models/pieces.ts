import type { Tokenizer } from '../../llama/tokenizer';

/**
 * Returns a function that decodes single tokens and caches the results. A token without text (a special token, or no
 * tokenizer) is `#id`; a token that is part of a character is the replacement character.
 */
export function pieceReader(tokenizer: Tokenizer | undefined): (id: number) => string {
  const known = new Map<number, string>();
  const read = (id: number): string => {
    const once = tokenizer?.decode([id]) ?? '';
    // Some decoders strip the space at the start of a text, so the token is decoded after a copy of itself.
    const twice = tokenizer?.decode([id, id]) ?? '';
    return (twice.startsWith(once) ? twice.slice(once.length) : once) || `#${id}`;
  };
  return (id) => {
    const piece = known.get(id) ?? read(id);
    known.set(id, piece);
    return piece;
  };
}
