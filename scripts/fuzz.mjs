import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ensureDependencies, root } from './setup.mjs';
import { writeTables } from './tables.mjs';

const CASES = 20_000;
const USAGE = `npm run fuzz                 gives damaged and hostile input to every parser; writes the table of docs/reliability.md
    --seed N                 seed of the inputs (default 1); the same seed makes the same inputs
    --cases N                inputs of each parser (default ${CASES})
    --only PARSER            only this parser; writes nothing
    --path P                 begins at this place of the sequence, as a failure names it`;

const options = {
  seed: { type: 'string', default: '1' },
  cases: { type: 'string', default: String(CASES) },
  only: { type: 'string' },
  path: { type: 'string' },
  help: { type: 'boolean' },
};
const { values } = parseArgs({ options });
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
ensureDependencies();
const { createServer, createServerModuleRunner } = await import('vite');
// Unlike `runnerImport` this runner stays open for the modules that parsers load when they are first used.
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, watch: null },
});
const module = await createServerModuleRunner(server.environments.ssr).import(
  join(root, 'tests', 'fuzz', 'all.ts'),
);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const [seed, cases] = [Number(values.seed), Number(values.cases)];
const { table, failed } = await module.fuzzAll({
  seed,
  cases,
  only: values.only,
  path: values.path,
  collectGarbage,
  log: console.log,
});
console.log(`\n${table}`);
const whole = values.only === undefined && cases >= CASES;
if (whole && !failed) {
  const [{ model } = { model: 'unknown' }] = cpus();
  const about = `\`npm run fuzz -- --seed ${seed} --cases ${cases}\`, ${cpus().length} cores of ${model.trim()}, Node ${process.version}`;
  writeTables('reliability.md', { fuzz: `${about}\n\n${table}` });
}
process.exit(failed ? 1 : 0);
