import { legible } from '../legible';
import { DEFAULT_LINK, FIELDS, type LinkState } from './link-fields';
import { nearest } from './nearest';
import { type MethodId, RecipeError } from './schema';

export { DEFAULT_LINK, type LinkState } from './link-fields';

/** A field of a link that could not be read and keeps its default. */
export interface LinkProblem {
  readonly field: string;
  /** What was expected and what the link contains. */
  readonly message: string;
}

/** More are not listed. */
const MAX_PROBLEMS = 20;
/** Characters of an unknown field in which a known one is looked for. */
const MAX_KEY = 40;

/** Percent-encodes only characters that a fragment cannot contain. */
function escape(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/%(?:3A|2C|2F|40)/g, decodeURIComponent);
}

/** Encodes the state as a URL fragment without `#`. Fields at their default are left out. */
export function encodeLink(state: LinkState): string {
  const parts: string[] = [];
  for (const field of FIELDS) {
    const text = field.encode(state);
    if (text !== field.encode(DEFAULT_LINK)) parts.push(`${field.key}=${escape(text)}`);
  }
  return parts.join('&');
}

/** The text of every field of a state, by its key. */
export const linkFields = (state: LinkState): ReadonlyMap<string, string> =>
  new Map(FIELDS.map((field) => [field.key, field.encode(state)]));

/**
 * Decodes a URL fragment, with or without `#` and a byte-order mark. Never throws: an invalid field keeps its value in `base` and is listed in `problems`.
 * @param methods ids of all methods.
 * @param base the state whose fields are kept where the fragment has none.
 */
export function decodeLink(
  fragment: string,
  methods: readonly MethodId[],
  base: LinkState = DEFAULT_LINK,
): { state: LinkState; problems: readonly LinkProblem[] } {
  let state = base;
  const problems: LinkProblem[] = [];
  const report = (field: string, message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ field: legible(field), message: legible(message) });
  };
  const given = new Map<string, string>();
  for (const [key, text] of new URLSearchParams(fragment.replace(/^#?(\uFEFF|%EF%BB%BF)?/i, ''))) {
    if (given.has(key)) report(key, `expected the field once, got it again. The last one counts.`);
    given.set(key, text);
  }
  for (const [key, text] of given) {
    const field = FIELDS.find((candidate) => candidate.key === key);
    if (field === undefined) {
      const near = nearest(
        key.slice(0, MAX_KEY),
        FIELDS.map((known) => known.key),
      );
      const hint = near === undefined ? '' : ` Did you mean “${near}”?`;
      report(key, `expected the name of a field, got “${key}”.${hint}`);
      if (problems.length === MAX_PROBLEMS) break;
      continue;
    }
    try {
      state = field.decode(text, state, methods);
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      report(key, error.message);
    }
  }
  return { state, problems };
}
