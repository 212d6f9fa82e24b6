import type { Tokenizer } from '../../llama/tokenizer';

/**
 * Returns a function that decodes single tokens, as they stand within a text, and caches the results. A token without text (a
 * special token, or no tokenizer) is `#id`; bytes that are only part of a character are spelled as `<0xE9>`.
 */
export function pieceReader(tokenizer: Tokenizer | undefined): (id: number) => string {
  const known = new Map<number, string>();
  const read = (id: number): string => {
    const once = tokenizer?.decode([id]) ?? '';
    // Some decoders strip the space at the start of a text, so the token is decoded after a copy of itself.
    const twice = tokenizer?.decode([id, id]) ?? '';
    const piece = twice.startsWith(once) ? twice.slice(once.length) : once;
    return (piece.includes('\uFFFD') ? tokenizer?.spell(id) : undefined) ?? (piece || `#${id}`);
  };
  return (id) => {
    const piece = known.get(id) ?? read(id);
    known.set(id, piece);
    return piece;
  };
}

/** Decodes the tokens of a text one by one. The first that has a text has it as at the start of a text. */
export function piecesOf(tokenizer: Tokenizer | undefined, ids: readonly number[]): string[] {
  const pieces = ids.map(pieceReader(tokenizer));
  const first = ids.findIndex((id) => tokenizer?.decode([id]));
  const id = ids[first];
  if (tokenizer && id !== undefined) {
    const text = tokenizer.decode([id]);
    if (!text.includes('\uFFFD')) pieces[first] = text;
  }
  return pieces;
}
