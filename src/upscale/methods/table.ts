import { METHODS } from '.';

/** Makes the README's Markdown table of methods: name, meaning, and if output projections are zeroed. */
export function methodTable(): string {
  const rows = [
    ['name', 'what a new block is', 'output projections'],
    ...METHODS.map(({ id, meaning, zeroInit }) => [`\`${id}\``, meaning, zeroInit ? 'zero' : 'kept']),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map(line).join('\n');
}
