import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildForNode } from './command-line.mjs';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';
import { writeTables } from './tables.mjs';

const USAGE = `npm run soak                  all parts, one after another; each writes its rows of docs/reliability.md
npm run soak -- PART …        only these parts:
    cycles-cpu                opens, aligns and closes a model 1,000 times in Node, and 100 times in the built page
    cycles-webgpu             100 times in Node on WebGPU
    training                  500 training steps on WebGPU, and the same on the CPU
    monkey                    a seeded monkey uses the built page for two hours
    --seed N                  (default 1)
    --cycles N  --steps N  --minutes M
                              shorter or longer; the rows are then printed and not written
    --out FOLDER              where the monkey saves faults and its report (default: a temporary folder)
    --built                   takes dist/ as it is

Ends with 1 if a figure is out of its bound. Rows of parts that do not run stay as they are.`;

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    cycles: { type: 'string' },
    steps: { type: 'string' },
    minutes: { type: 'string' },
    out: { type: 'string' },
    built: { type: 'boolean' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});
const PARTS = ['cycles-cpu', 'cycles-webgpu', 'training', 'monkey'];
if (values.help || positionals.some((name) => !PARTS.includes(name))) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}
if (process.platform === 'linux' && process.env.MALLOC_ARENA_MAX === undefined) {
  // So that the process shrinks when memory is freed. By default glibc keeps it: in one arena for each of the many threads on which
  // software WebGPU compiles, and, since it raises this threshold by itself, larger and larger blocks of it.
  const tuned = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '32768', MALLOC_TRIM_THRESHOLD_: '131072' };
  const env = { ...process.env, ...tuned };
  const { status } = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' });
  process.exit(status ?? 1);
}
ensureDependencies();
const executablePath = ensureBrowser();
const { build, preview, runnerImport } = await import('vite');
const { chromium } = await import('playwright-core');
const chosen = positionals.length > 0 ? positionals : PARTS;
const seed = Number(values.seed);
const isFull = values.cycles === undefined && values.steps === undefined && values.minutes === undefined;
const folder = mkdtempSync(join(tmpdir(), 'interlayer-soak-'));
const log = (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

/** No address but the machine's own exists for this browser. */
const launch = () =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      '--disable-background-networking',
      '--no-first-run',
    ],
  });

/** Node runs a build, because code that is loaded on demand is not found by Vite's loader once the first module is there. */
async function inNode(name) {
  await buildForNode({ entry: `soak/${name}.ts`, outDir: folder, name: `${name}.mjs` });
  return import(pathToFileURL(join(folder, `${name}.mjs`)).href);
}

const inLoader = async (path) =>
  (await runnerImport(join(root, path), { root, configFile: false, logLevel: 'error' })).module;

let served;
async function address() {
  if (!served) {
    if (!values.built) await build({ root, logLevel: 'warn' });
    served = await preview({ root, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
  }
  return served.resolvedUrls.local[0];
}

const rows = await inLoader('soak/rows.ts');
const { HEAD, fact, linesOf } = await inLoader('soak/row.ts');

const RUNS = {
  async 'cycles-cpu'() {
    const cycles = Number(values.cycles ?? 1000);
    const { runCycles } = await inNode('cycles');
    const inEngine = await runCycles({ backend: 'cpu', cycles, log });
    const { runPageCycles } = await inLoader('soak/page-cycles.ts');
    const inPage = await runPageCycles({
      address: await address(),
      launch,
      cycles: Math.ceil(cycles / 10),
      log,
    });
    return [...rows.cycleRows(inEngine), ...rows.pageCycleRows(inPage)];
  },
  async 'cycles-webgpu'() {
    const { runCycles } = await inNode('cycles');
    return rows.cycleRows(await runCycles({ backend: 'webgpu', cycles: Number(values.cycles ?? 100), log }));
  },
  async training() {
    const { runTraining } = await inNode('training');
    const steps = Number(values.steps ?? 500);
    const reference = await runTraining({ backend: 'cpu', steps, seed });
    return rows.trainingRows(await runTraining({ backend: 'webgpu', steps, seed, log }), reference);
  },
  async monkey() {
    const { runMonkey } = await inLoader('soak/monkey/monkey.ts');
    const out = values.out ?? join(folder, 'monkey');
    mkdirSync(out, { recursive: true });
    const save = (report) => writeFileSync(join(out, 'report.json'), plain(report));
    const minutes = Number(values.minutes ?? 120);
    const report = await runMonkey({
      address: await address(),
      launch,
      seed,
      minutes,
      out,
      log,
      onReset: save,
    });
    save(report);
    for (const { times, first } of report.faults) console.log(`${times} × ${first}`);
    if (report.faults.length > 0) console.log(`screenshots and traces: ${join(out, 'faults')}`);
    return rows.monkeyRows(report);
  },
};

/** A report as JSON, with the names of what was seen and never pressed. */
function plain(report) {
  const { found, pressed } = report.coverage;
  const never = [...found].filter((name) => !pressed.has(name));
  const coverage = { pressed: Object.fromEntries(pressed), never };
  return JSON.stringify({ ...report, coverage }, undefined, 1);
}

/** Writes the rows of a part into the table, in the order of the parts, and keeps those of the others. */
function write(part, lines) {
  const text = readFileSync(join(root, 'docs', 'reliability.md'), 'utf8').split(/<!-- \/?soak -->/)[1] ?? '';
  const kept = text.split('\n').filter((line) => PARTS.some((name) => line.startsWith(`| ${name} `)));
  const partOf = (line) => line.split('|')[1].trim();
  const all = [...kept.filter((line) => partOf(line) !== part), ...lines].toSorted(
    (a, b) => PARTS.indexOf(partOf(a)) - PARTS.indexOf(partOf(b)),
  );
  writeTables('reliability.md', { soak: [...HEAD, ...all].join('\n') });
}

/** The machine, as every part says it. */
async function machine() {
  const browser = await launch();
  const version = browser.version();
  await browser.close();
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model ?? 'unknown'}), Node ${process.version}, Chromium ${version}`;
}

let ok = true;
const where = await machine();
for (const part of chosen) {
  console.log(`\n${part}`);
  const run = await RUNS[part]();
  const command = `npm run soak -- ${part} --seed ${seed}`;
  const lines = linesOf(part, [fact(`\`${command}\``, where), ...run]);
  console.log([...HEAD, ...lines].join('\n'));
  if (isFull) write(part, lines);
  ok &&= run.every((row) => row.ok);
}
await served?.close();
rmSync(folder, { recursive: true, force: true });
process.exit(ok ? 0 : 1);
