import { join } from 'node:path';

const { ensureDependencies, root } = await import('./setup.mjs');
ensureDependencies({ quiet: true });

// Vite runs the TypeScript as it is, so nothing has to be built first. The command runs while its module is loaded.
const { runnerImport } = await import('vite');
await runnerImport(join(root, 'src/cli/bin.ts'), { root, configFile: false, logLevel: 'silent' });
