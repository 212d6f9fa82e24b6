/**
 * Returns the merges of a SentencePiece vocabulary, which only has scores: every way to part a token into two others, the best
 * tokens first, or in their order without scores. Source: `generate_merges` of huggingface/transformers:src/transformers/tokenization_utils_base.py.
 */
export function mergesOf(
  tokens: readonly string[],
  scores: ArrayLike<number> | undefined,
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  // Parts of other lengths are no tokens. Looking them up would take the square of a long token's length.
  const lengths = new Set(tokens.map(({ length }) => length));
  const merges: { left: string; right: string; score: number }[] = [];
  for (const [id, token] of tokens.entries()) {
    const parts: { left: string; right: string; score: number }[] = [];
    // A part of a token is made of whole characters.
    for (let at = 0, cut = 0; cut < token.length; at = cut) {
      cut = at + ((token.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
      if (!lengths.has(cut) || !lengths.has(token.length - cut)) continue;
      const [left, right] = [token.slice(0, cut), token.slice(cut)];
      if (ids.has(left) && ids.has(right)) parts.push({ left, right, score: scores?.[id] ?? -id });
    }
    const place = (text: string): number => ids.get(text) ?? 0;
    parts.sort((a, b) => place(a.left) - place(b.left) || place(a.right) - place(b.right));
    merges.push(...parts);
  }
  const characters = (text: string): number => [...text].length;
  merges.sort(
    (a, b) =>
      b.score - a.score ||
      characters(b.left) - characters(a.left) ||
      characters(b.right) - characters(a.right),
  );
  return merges.map(({ left, right }) => [left, right]);
}
