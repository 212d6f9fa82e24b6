import { builtCommandLine } from './command-line.mjs';
import { ensureDependencies } from './setup.mjs';

ensureDependencies({ quiet: true });
// Stack traces name lines of the TypeScript.
process.setSourceMapsEnabled(true);
// The command runs while its module is loaded.
await import(await builtCommandLine());
