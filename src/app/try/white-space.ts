/** Replaces white space in a token with visible signs. */
export function showWhiteSpace(piece: string): string {
  return piece.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥');
}
