// Injects faults and writes how each was survived into docs/reliability.md.
//
// A fault is a test in `tests/faults/*.test.ts` (Node) or `e2e/faults/*.test.ts` (the built page in Chromium):
//
//     describe('WebGPU', () => {
//       test('device lost while aligning → the job repeats on a new device with the same plan', async () => { … });
//     });
//
// The title names the fault and, after the arrow (U+2192), the recovery that the test asserts; the enclosing `describe` names where it
// happens: a backend, or a part such as `storage`. Every such test is one row of the table. A test without an arrow in its title
// runs too, but has no row.
//
// `npm test` runs the same tests. Those that could fail something at each of many points take a few of them there and all of them
// here, where FAULTS is `all` (see tests/faults/points.ts). Nothing is drawn at random, so there is no seed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';
import { writeTables } from './tables.mjs';

const USAGE = `npm run faults               injects every fault at every point; writes the table of docs/reliability.md
    --only TEXT              only faults whose name contains this; writes nothing
    --in node|chromium       only faults in this; writes nothing
    --points few             at a few points each, as \`npm test\` does; writes nothing`;

const options = {
  only: { type: 'string' },
  in: { type: 'string' },
  points: { type: 'string', default: 'all' },
  help: { type: 'boolean' },
};
const { values } = parseArgs({ options });
const isKnown = ['node', 'chromium', undefined].includes(values.in) && ['few', 'all'].includes(values.points);
if (values.help || !isKnown) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}

const FOLDERS = { node: 'tests/faults', chromium: 'e2e/faults' };
const places = values.in ? [values.in] : Object.keys(FOLDERS);
const isFull = !values.only && !values.in && values.points === 'all';

ensureDependencies();
const browser = ensureBrowser();
const env = { ...process.env, CHROME_PATH: browser, FAULTS: values.points };
const npx = (...args) =>
  spawnSync('npx', ['--no-install', ...args], {
    cwd: root,
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  }).status === 0;

if (places.includes('chromium') && !npx('vite', 'build', '--logLevel=warn')) process.exit(1);
const { ok, faults } = runTests();
const held = faults.filter((fault) => fault.held);
const table = [
  '| # | fault | recovery | where | time | |',
  '| ---: | --- | --- | --- | ---: | --- |',
  ...faults.map(
    ({ fault, recovery, where, seconds, held }, i) =>
      `| ${i + 1} | ${fault} | ${recovery} | ${where} | ${seconds.toFixed(1)} s | ${held ? 'held' : '**failed**'} |`,
  ),
].join('\n');
const summary = `${held.length} of ${faults.length} faults were survived. \`npm run faults\`, without a seed because nothing is drawn; ${machine(browser)}, software adapter.`;
console.log(`\n${table}\n\n${summary}`);
if (isFull) writeTables('reliability.md', { faults: `${summary}\n\n${table}` });
process.exit(ok && faults.length > 0 && held.length === faults.length ? 0 : 1);

/** Runs the tests; returns whether all passed, and a row for each that is a fault, in the order of the files. */
function runTests() {
  const reports = mkdtempSync(join(tmpdir(), 'interlayer-'));
  const file = join(reports, 'faults.json');
  const projects = places.flatMap((place) => ['--project', place === 'node' ? 'unit' : 'e2e']);
  const only = values.only ? ['-t', values.only.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)] : [];
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile=${file}`];
  const folders = places.map((place) => FOLDERS[place]);
  const ok = npx('vitest', 'run', ...projects, ...folders, ...only, ...reporters);
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
    const inOrder = testResults.toSorted((a, b) => (a.name < b.name ? 1 : -1));
    return { ok, faults: inOrder.flatMap(faultsOf) };
  } catch {
    return { ok: false, faults: [] };
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

/** Returns the rows of one test file of the report. */
function faultsOf({ name, assertionResults }) {
  const path = relative(root, name).split(sep).join('/');
  const platform = path.startsWith(FOLDERS.node) ? 'Node' : 'Chromium';
  return assertionResults
    .filter(({ status, title }) => ['passed', 'failed'].includes(status) && title.includes(' → '))
    .map(({ title, ancestorTitles, status, duration }) => {
      const [fault, recovery] = title.split(' → ');
      return {
        fault,
        recovery,
        where: [platform, ...ancestorTitles].join(', '),
        seconds: (duration ?? 0) / 1000,
        held: status === 'passed',
      };
    });
}
