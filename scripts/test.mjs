import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';

ensureDependencies();
const browser = ensureBrowser();
const reports = mkdtempSync(join(tmpdir(), 'interlayer-'));
const counts = { passed: 0, failed: 0 };

const npx = (...args) => {
  console.log(`\n› ${args.join(' ')}`);
  const { status } = spawnSync('npx', ['--no-install', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHROME_PATH: browser },
    shell: process.platform === 'win32',
  });
  return status === 0;
};

function vitest(project) {
  const file = join(reports, `${project}.json`);
  const ok = npx(
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  );
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests;
    return ok && report.numPassedTests > 0 && report.numPendingTests === 0;
  } catch {
    return false;
  }
}

const steps = {
  format: () => npx('prettier', '--check', '--log-level=warn', '.'),
  lint: () => npx('oxlint', '--deny-warnings'),
  types: () => npx('tsc', '--noEmit'),
  'dead code': () => npx('knip'),
  'unit tests': () => vitest('unit'),
  build: () => npx('vite', 'build', '--logLevel=warn'),
  'first load': () => npx('node', 'scripts/first-load.mjs'),
  'end-to-end tests': () => vitest('e2e'),
};
const broken = Object.entries(steps)
  .filter(([, run]) => !run())
  .map(([name]) => name);
rmSync(reports, { recursive: true, force: true });
console.log(broken.length === 0 ? '\nEverything passed.' : `\nNot passed: ${broken.join(', ')}.`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(broken.length === 0 ? 0 : 1);
