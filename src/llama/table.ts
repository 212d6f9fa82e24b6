import { markdownTable } from '../markdown-table';
import { ARCHITECTURES } from './architectures';

/** Makes the README's Markdown table of architectures: models, name in config.json, and what differs from Llama. */
export const architectureTable = (): string =>
  markdownTable([
    ['models', '`architectures` in config.json', 'what differs from Llama'],
    ...ARCHITECTURES.map(({ title, name, differs }) => [title, `\`${name}\``, differs]),
  ]);
