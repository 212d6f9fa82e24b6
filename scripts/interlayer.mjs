import { builtCommandLine } from './command-line.mjs';
import { ensureDependencies } from './setup.mjs';

ensureDependencies({ quiet: true });
// So that stack traces show lines of the TypeScript sources.
process.setSourceMapsEnabled(true);
// Importing the module runs the command.
await import(await builtCommandLine());
