import type { Against } from '../../recipe/against';

/** What the columns of an alignment stand for, given its parents. */
export function columnWords({ kind }: Against, [previous, next]: readonly [number, number]): string {
  if (kind === 'next') return `block ${next}`;
  return kind === 'null' ? `block ${next}’s null` : `a shuffled copy of block ${previous}`;
}

/** Names what an alignment is with, in few words; empty for the next block. */
export function againstWords({ kind }: Against): string {
  if (kind === 'next') return '';
  return kind === 'null' ? 'null' : 'shuffled copy';
}
