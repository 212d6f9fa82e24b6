import { join } from 'node:path';
import { root } from './setup.mjs';

const { runnerImport } = await import('vite');
await runnerImport(join(root, 'tests/probe.ts'), { root, configFile: false, logLevel: 'silent' });
