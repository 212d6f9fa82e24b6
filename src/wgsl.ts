/**
 * Names of the files that a kernel includes by lines `// @use NAME.wgsl`. Both the compiled text and the one that the page
 * shows are the kernel's own file followed by these.
 */
export const includedFiles = (source: string): string[] =>
  [...source.matchAll(/^\/\/ @use (\w+)\.wgsl$/gm)].map(([, name = '']) => name);

/** Values of a kernel's parameters by name. */
export type KernelParameters = Readonly<Record<string, number>>;

interface Block {
  readonly kind: 'each' | 'if';
  readonly subject: string;
  /** For `each`: name of the count, or a number. For `if`: the value, or nothing. */
  readonly count: string;
  readonly body: (string | Block)[];
  readonly otherwise: (string | Block)[];
}

const PARAMETER = /^\s*\/\/ @parameter (\w+) (\d+)$/;
const NEEDS = /^(enable|requires) \w+;$/;
const DIRECTIVE = /^\s*\/\/ @(each|if|else|end)\b *(\w*) *(\w*)$/;

/**
 * Writes out a kernel for given values of its parameters. Directives are comments, so that the file itself stays readable WGSL:
 *
 *     // @parameter ROWS 4      a parameter and its default; the result declares it as `const ROWS = 4u;`. The first default counts,
 *                               so that a kernel may set those of files that it includes
 *     // @each r ROWS           repeats the lines up to its `// @end` with `{r}` replaced by 0, 1, … ROWS − 1
 *     // @if ROWS               keeps the lines up to `// @else` or `// @end` if the value is not 0
 *     // @if ROWS 2             keeps them if the value is 2
 *
 * Lines `enable …;` and `requires …;` go first, where WGSL demands them, so that included files may have them.
 *
 * Loops are written out because arrays that a loop indexes may be kept in memory instead of registers. Text without directives
 * comes back as it is.
 * @throws Error for a value of an unknown parameter, an unknown count, or a block without its end.
 */
export function writtenOut(source: string, values: KernelParameters = {}): string {
  const parameters = new Map<string, number>();
  const root: Block = { kind: 'if', subject: '', count: '', body: [], otherwise: [] };
  const open: { block: Block; into: (string | Block)[] }[] = [{ block: root, into: root.body }];
  for (const line of source.split('\n')) {
    const top = open.at(-1);
    if (!top) throw new Error(`kernel text: expected a block before // @end, got none before "${line}"`);
    const [, name, value] = PARAMETER.exec(line) ?? [];
    const [, directive, subject = '', count = ''] = DIRECTIVE.exec(line) ?? [];
    if (name !== undefined) {
      if (!parameters.has(name)) parameters.set(name, values[name] ?? Number(value));
    } else if (directive === 'each' || directive === 'if') {
      const block: Block = { kind: directive, subject, count, body: [], otherwise: [] };
      top.into.push(block);
      open.push({ block, into: block.body });
    } else if (directive === 'else') top.into = top.block.otherwise;
    else if (directive === 'end') open.pop();
    else top.into.push(line);
  }
  if (open.length !== 1) throw new Error('kernel text: expected one // @end for each block');
  for (const name of Object.keys(values)) {
    if (!parameters.has(name))
      throw new Error(`kernel text: expected a line // @parameter ${name}, found none`);
  }
  const number = (name: string): number => {
    const value = parameters.get(name) ?? Number(name);
    if (Number.isInteger(value)) return value;
    throw new Error(`kernel text: expected a parameter or a number, got "${name}"`);
  };
  const lines: string[] = [];
  const write = (items: readonly (string | Block)[], indices: ReadonlyMap<string, number>): void => {
    for (const item of items) {
      if (typeof item === 'string')
        lines.push(item.replaceAll(/\{(\w+)\}/g, (text, name: string) => String(indices.get(name) ?? text)));
      else if (item.kind === 'if') {
        const value = number(item.subject);
        const holds = item.count === '' ? value !== 0 : value === Number(item.count);
        write(holds ? item.body : item.otherwise, indices);
      } else
        for (let i = 0; i < number(item.count); i++) write(item.body, new Map(indices).set(item.subject, i));
    }
  };
  write(root.body, new Map());
  for (const [name, value] of parameters) lines.push(`const ${name} = ${value}u;`);
  const needs = lines.filter((line) => NEEDS.test(line));
  return needs.length === 0
    ? lines.join('\n')
    : [...needs, ...lines.filter((line) => !NEEDS.test(line))].join('\n');
}
