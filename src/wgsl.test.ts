import { describe, expect, it } from 'vitest';
import { writtenOut } from './wgsl';

const KERNEL = `// @parameter ROWS 2
// @parameter FAST 0
// @each r ROWS
let a_{r} = x[{r}u * ROWS];
// @each c 2
sum_{r}_{c} += a_{r};
// @end
// @end
// @if FAST
fast();
// @else
slow({r});
// @end`;

describe('writing out a kernel', () => {
  it('repeats blocks with the numbers of their indices, nested too', () => {
    expect(writtenOut(KERNEL, { ROWS: 1, FAST: 1 }).split('\n')).toEqual([
      'let a_0 = x[0u * ROWS];',
      'sum_0_0 += a_0;',
      'sum_0_1 += a_0;',
      'fast();',
      'const ROWS = 1u;',
      'const FAST = 1u;',
    ]);
  });

  it('uses the defaults, and leaves braces that name no index', () => {
    const text = writtenOut(KERNEL);
    expect(text).toContain('sum_1_1 += a_1;');
    expect(text).toContain('slow({r});');
    expect(text).toContain('const ROWS = 2u;');
  });

  it('chooses by a value', () => {
    const text = (rows: number): string =>
      writtenOut('// @parameter ROWS 1\n// @if ROWS 2\ntwo();\n// @end', { ROWS: rows });
    expect(text(2)).toContain('two();');
    expect(text(1)).not.toContain('two();');
  });

  it('puts what the text needs of the language first', () => {
    const text = '// A kernel.\nfn main() {}\n// @if FAST\nenable subgroups;\nrequires subgroup_id;\n// @end';
    expect(writtenOut(`// @parameter FAST 0\n${text}`, { FAST: 1 }).split('\n')).toEqual([
      'enable subgroups;',
      'requires subgroup_id;',
      '// A kernel.',
      'fn main() {}',
      'const FAST = 1u;',
    ]);
    expect(writtenOut(`// @parameter FAST 0\n${text}`)).not.toContain('enable');
  });

  it('leaves text without directives as it is', () => {
    expect(writtenOut('fn main() {\n  x(); // @note\n}\n')).toBe('fn main() {\n  x(); // @note\n}\n');
  });

  it.each([
    ['an unknown parameter', KERNEL, { COLUMNS: 1 }, 'COLUMNS'],
    ['an unknown count', '// @each r COLUMNS\n// @end', {}, 'COLUMNS'],
    ['a block without an end', '// @each r 2', {}, '@end'],
    ['an end without a block', '// @end\n// @end\n', {}, '@end'],
  ])('refuses %s', (_, text, values, message) => {
    expect(() => writtenOut(text, values)).toThrow(message);
  });
});
