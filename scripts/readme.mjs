import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { ensureDependencies, root } = await import('./setup.mjs');
ensureDependencies({ quiet: true });

// Writes the table of methods into the README, between its two markers. Run it after a method was added or its text changed.
const { runnerImport } = await import('vite');
const options = { root, configFile: false, logLevel: 'silent' };
const { module } = await runnerImport(join(root, 'src/upscale/methods/table.ts'), options);
const path = join(root, 'README.md');
const readme = readFileSync(path, 'utf8');
const [before, , after, ...more] = readme.split(/<!-- \/?methods -->/);
if (after === undefined || more.length > 0)
  throw new Error('expected <!-- methods --> and <!-- /methods --> once each in README.md');
writeFileSync(path, `${before}<!-- methods -->\n\n${module.methodTable()}\n\n<!-- /methods -->${after}`);
