import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { between } from './between.mjs';

const { ensureDependencies, root } = await import('./setup.mjs');
ensureDependencies({ quiet: true });

// Writes the tables of methods and of architectures into the README, and that of terms into docs/glossary.md, each between its two
// markers. Run it after one was added or its text changed.
const { runnerImport } = await import('vite');
const options = { root, configFile: false, logLevel: 'silent' };
const load = async (path) => (await runnerImport(join(root, path), options)).module;
const { methodTable } = await load('src/upscale/methods/table.ts');
const { architectureTable } = await load('src/llama/table.ts');
const { glossaryTable } = await load('src/lessons/glossary/table.ts');
const path = join(root, 'README.md');
const methods = between(readFileSync(path, 'utf8'), 'methods', methodTable());
writeFileSync(path, between(methods, 'architectures', architectureTable()));
const glossary = join(root, 'docs/glossary.md');
writeFileSync(glossary, between(readFileSync(glossary, 'utf8'), 'terms', glossaryTable()));
