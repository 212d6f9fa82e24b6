import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { FEATURE_TEXTS, type Recipe } from '../recipe/schema';
import { readText } from './folders';
import type { Session } from './session';
import { type Parsed, textOf, UsageError } from './usage';

/**
 * Reads the text of `--features-text`, a shipped one or a file, and registers a file's text with the engine. Returns its name
 * in recipes; undefined without that option.
 * @throws SourceError if the file cannot be read.
 */
export async function featuresText(parsed: Parsed, session: Session): Promise<string | undefined> {
  const given = textOf(parsed, 'features-text');
  if (given === undefined || FEATURE_TEXTS.some((shipped) => shipped === given)) return given;
  const path = session.path(given);
  const text = await readText(path);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const name = `file:${basename(path).replaceAll(/[\\@]/g, '_')}@${digest}`;
  session.provideText(name, text);
  return name;
}

/** @throws UsageError if a recipe file names another text than `--features-text`. */
export function expectText({ cost }: Recipe, given: string | undefined): void {
  if (given === undefined || cost.text === given) return;
  throw new UsageError(
    `expected --features-text to be the recipe's own text ${cost.text}, got ${given}: give that file, or change the recipe`,
  );
}
