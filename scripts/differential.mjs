// Draws random small models, recipes and texts, computes each on all backends, and compares every number with a float64 twin that
// shares no code with them (tests/differential). Writes the largest deviations into docs/reliability.md.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { buildForNode } from './command-line.mjs';
import { machine } from './machine.mjs';
import { ensureBrowser, ensureDependencies } from './setup.mjs';
import { writeTables } from './tables.mjs';

const USAGE = `npm run differential          compares all backends with the float64 twin; writes the table of docs/reliability.md
    --draws N                number of draws (default 500)
    --seed S                 seed of all draws (default 1)
    --keep FILE              keeps what came so far in FILE and goes on from it
    --minutes M              ends after M minutes; with --keep, the same command goes on
    --only N                 draw N alone; writes nothing
    --backends a,b           some of cpu, wasm and webgpu; writes nothing`;

const ALL = ['cpu', 'wasm', 'webgpu'];
const options = {
  draws: { type: 'string', default: '500' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  keep: { type: 'string' },
  minutes: { type: 'string', default: '100000' },
  backends: { type: 'string', default: ALL.join(',') },
  help: { type: 'boolean' },
};
const { values } = parseArgs({ options });
const whole = (text) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);
const [draws, seed, minutes, only] = [values.draws, values.seed, values.minutes, values.only ?? '0'].map(
  whole,
);
const backends = values.backends.split(',');
const isKnown =
  [draws, seed, minutes, only].every(Number.isSafeInteger) && backends.every((name) => ALL.includes(name));
if (values.help || !isKnown) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}

ensureDependencies();
if (backends.includes('webgpu')) process.env.CHROME_PATH = ensureBrowser();
const outDir = mkdtempSync(join(tmpdir(), 'interlayer-differential-'));
process.on('exit', () => rmSync(outDir, { recursive: true, force: true }));
await buildForNode({ entry: 'tests/differential/main.ts', outDir, name: 'main.mjs' });
const { runDraws, tableOf } = await import(pathToFileURL(join(outDir, 'main.mjs')).href);

const range = values.only === undefined ? { from: 0, to: draws } : { from: only, to: only + 1 };
const outcome = await runDraws({ ...range, seed, backends, minutes, keep: values.keep });
const table = tableOf(outcome, backends);
console.log(`\n${outcome.draws} draws, ${outcome.failures.length} failures\n\n${table}`);
const isWhole = values.only === undefined && outcome.draws === draws && backends.length === ALL.length;
if (isWhole) {
  const said =
    `\`npm run differential -- --draws ${draws} --seed ${seed}\`: ${outcome.draws} draws, ${outcome.refused} of them refused in ` +
    `part or whole, alike on all backends; ${outcome.failures.length} failures. ${machine()}; WebGPU on a software adapter.`;
  writeTables('reliability.md', { differential: `${said}\n\n${table}` });
}
process.exit(outcome.failures.length === 0 ? 0 : 1);
