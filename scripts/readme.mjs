import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { between } from './between.mjs';

const { ensureDependencies, root } = await import('./setup.mjs');
ensureDependencies({ quiet: true });

// Writes the table of methods into the README, between its two markers. Run it after a method was added or its text changed.
const { runnerImport } = await import('vite');
const options = { root, configFile: false, logLevel: 'silent' };
const { module } = await runnerImport(join(root, 'src/upscale/methods/table.ts'), options);
const path = join(root, 'README.md');
writeFileSync(path, between(readFileSync(path, 'utf8'), 'methods', module.methodTable()));
