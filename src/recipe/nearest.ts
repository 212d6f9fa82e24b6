/** Number of letters to insert, remove or replace to make one word of the other (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    let before = i + 1;
    const next = [before];
    for (let j = 1; j <= b.length; j++) {
      before = Math.min(before + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1));
      next.push(before);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Returns the known word that a mistyped or shortened one is nearest to; undefined if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const distance = (other: string) =>
    wanted.length > 2 && (other.startsWith(wanted) || wanted.startsWith(other))
      ? 1
      : editDistance(wanted, other);
  const [best] = known.map((other) => ({ other, far: distance(other) })).toSorted((a, b) => a.far - b.far);
  return best && best.far <= Math.ceil(word.length / 3) ? best.other : undefined;
}
