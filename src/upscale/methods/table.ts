import { markdownTable } from '../../markdown-table';
import { METHODS } from '.';

/** Makes the README's Markdown table of methods: name, meaning, and if output projections are zeroed. */
export const methodTable = (): string =>
  markdownTable([
    ['name', 'what a new block is', 'output projections'],
    ...METHODS.map(({ id, meaning, zeroInit }) => [`\`${id}\``, meaning, zeroInit ? 'zero' : 'kept']),
  ]);
