import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';

// --fast: only the checks and the unit tests that need no adapter. Run it before every commit.
const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } });
ensureDependencies();
const env = { ...process.env, ...(values.fast ? { TESTS: 'fast' } : {}) };

/** Runs a tool of the project; resolves to true on success. With `quiet` it prints the output at the end, and only after a failure. */
function npx(args, { quiet = false } = {}) {
  if (!quiet) console.log(`\n› ${args.join(' ')}`);
  const child = spawn('npx', ['--no-install', ...args], {
    cwd: root,
    stdio: quiet ? 'pipe' : 'inherit',
    env,
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data));
  return new Promise((done) => {
    child.on('close', (status) => {
      if (quiet) console.log(`${status === 0 ? '✓' : '✗'} ${args.join(' ')}`);
      if (quiet && status !== 0) console.log(output);
      done(status === 0);
    });
  });
}

const counts = { passed: 0, failed: 0 };

async function vitest(...projects) {
  const reports = mkdtempSync(join(tmpdir(), 'interlayer-'));
  const file = join(reports, 'tests.json');
  const chosen = projects.flatMap((project) => ['--project', project]);
  const ok = await npx([
    'vitest',
    'run',
    ...chosen,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  ]);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests;
    if (report.numPendingTests > 0) console.log(`${report.numPendingTests} tests were skipped.`);
    return ok && report.numPassedTests > 0 && report.numPendingTests === 0;
  } catch {
    return false;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

const CHECKS = {
  format: ['prettier', '--check', '--cache', '--log-level=warn', '.'],
  lint: ['oxlint', '--deny-warnings'],
  rooms: ['oxlint', '-c', 'rooms.config.mjs', 'src'],
  types: ['tsc', '--noEmit'],
  'dead code': ['knip'],
  build: ['vite', 'build', '--logLevel=warn'],
};
const broken = [];
const check = async (name, run) => {
  if (!(await run)) broken.push(name);
};

const checked = Object.entries(CHECKS).map(([name, args]) => check(name, npx(args, { quiet: true })));
if (!values.fast) {
  // While the checks run, because downloads take about as long.
  env.CHROME_PATH = ensureBrowser('headless shell');
  env.FIREFOX_PATH = ensureBrowser('firefox');
}
await Promise.all(checked);
await check('first load', npx(['node', 'scripts/first-load.mjs'], { quiet: true }));
await check('tests', values.fast ? vitest('unit') : vitest('unit', 'e2e'));
console.log(broken.length === 0 ? '\nEverything passed.' : `\nNot passed: ${broken.join(', ')}.`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(broken.length === 0 ? 0 : 1);
