import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { architectureTable } from './table';

it('is in the README as `node scripts/readme.mjs` writes it', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`<!-- architectures -->\n\n${architectureTable()}\n\n<!-- /architectures -->`);
});
