import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { between } from './between.mjs';
import { root } from './setup.mjs';

/** Writes tables, by name, into a page of the docs (such as `sizes.md`), each between its markers. */
export function writeTables(page, tables) {
  const path = join(root, 'docs', page);
  const text = Object.entries(tables).reduce(
    (before, [name, table]) => between(before, name, table),
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, text);
  spawnSync('npx', ['--no-install', 'prettier', '--write', '--log-level=warn', path], { cwd: root });
  console.log(`\nwrote ${path}`);
}
