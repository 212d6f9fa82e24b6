import * as v from 'valibot';

/** Longest name or value that a message shows, in characters. */
const MAX_SHOWN = 100;

/** What is wrong with data that a schema refused. */
interface Issue {
  /** The field, such as `solver.epsilon`; null: the data as a whole. */
  readonly path: string | null;
  /** `expected …, got …`. */
  readonly problem: string;
}

/** Says what the first issue of a schema is about, in short, however long the names and texts in the data are. */
export function firstIssue([issue]: readonly [v.BaseIssue<unknown>, ...unknown[]]): Issue {
  const { message, expected, received } = issue;
  // A schema's own words begin so; those of the library do not.
  const hint = message.startsWith('expected')
    ? message
    : `expected ${expected === 'never' ? 'no such field' : (expected ?? 'another value')}`;
  const path = v.getDotPath(issue);
  return {
    path: path === null ? null : short(path),
    problem: `${hint}, got ${received === 'undefined' ? 'nothing' : short(received)}`,
  };
}

const short = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text);
