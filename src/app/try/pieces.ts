/** A token with its white space made visible. */
export function visible(piece: string): string {
  return piece.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥');
}
