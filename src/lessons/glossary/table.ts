import { markdownTable } from '../../markdown-table';
import { GLOSSARY } from './en';

/** Makes the Markdown table of terms in docs/glossary.md, sorted as a reader looks them up: ε under e, n·T under n. */
export function glossaryTable(): string {
  const sorted = Object.entries(GLOSSARY.entries).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  const rows = sorted.map(([, [term, meaning]]) => [term, meaning.replaceAll('|', '\\|')]);
  return markdownTable([['term', 'meaning'], ...rows]);
}
