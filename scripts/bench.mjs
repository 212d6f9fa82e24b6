import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildForNode } from './command-line.mjs';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';
import { writeTables } from './tables.mjs';

const USAGE = `npm run bench                kernels, solvers, training, the CPU backend and the page
npm run bench -- peers       beside other libraries in one page; writes the tables of docs/kernels.md
    --device webgpu|wasm     only this device, and only its table
    --only TEXT              only rows whose name contains this; writes nothing
    --seconds S              timed rounds of a row (default 1)
npm run bench -- sizes        opens, aligns, up-scales and evaluates random models of 135M, 1B and 8B: time and peak memory
    --only TEXT              only rows whose name contains this
npm run bench:bundle         writes bench/out/bench.mjs, one file for a GPU machine without a browser`;

const options = {
  bundle: { type: 'boolean' },
  out: { type: 'string' },
  device: { type: 'string' },
  only: { type: 'string' },
  seconds: { type: 'string' },
  help: { type: 'boolean' },
};
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [what = 'all'] = positionals;
if (values.help || !['all', 'peers', 'sizes'].includes(what)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}
ensureDependencies();
const browser = values.bundle ? undefined : ensureBrowser();
process.env.CHROME_PATH = browser;
const { build, runnerImport } = await import('vite');
const peersFolder = join(root, 'bench', 'peers');
const inNode = { root, configFile: false, logLevel: 'error' };

/** Libraries that the bundle carries if they are installed (by `npm run bench -- peers`), else takes if they lie beside it. */
const PEERS = [
  '@jax-js/jax',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-backend-wasm',
];

if (what === 'peers') await peers();
else if (what === 'sizes') await sizes();
else {
  const file = await bundle();
  if (!values.bundle) await all(file);
}

/** Writes the part for a GPU machine as one file that needs nothing but the `webgpu` package. */
async function bundle() {
  const outDir = values.out ?? join(root, 'bench', 'out');
  await build({
    root,
    logLevel: 'warn',
    configFile: false,
    publicDir: false,
    ssr: {
      noExternal: true,
      external: ['webgpu', ...PEERS.filter((name) => !existsSync(join(peersFolder, 'node_modules', name)))],
    },
    // The operations suite runs there without vitest.
    resolve: { alias: { vitest: join(root, 'bench', 'suite', 'vitest.ts') } },
    build: {
      ssr: join(root, 'bench', 'device.ts'),
      outDir,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'bench.mjs', codeSplitting: false } },
    },
  });
  const file = join(outDir, 'bench.mjs');
  console.log(`wrote ${file}\n`);
  return file;
}

async function all(file) {
  const parts = ['kernels', 'sinkhorn', 'upscale', 'training'];
  const { status } = spawnSync('node', [file, ...parts], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  await runnerImport(join(root, 'bench', 'large.ts'), inNode);
  await runnerImport(join(root, 'bench', 'cpu.ts'), inNode);
  await build({ root, logLevel: 'warn' });
  await runnerImport(join(root, 'bench', 'page.ts'), inNode);
}

/** Measures jobs on large models, each in a process of its own, and writes the table into the docs. */
async function sizes() {
  const outDir = join(root, 'bench', 'out', 'sizes');
  await buildForNode({ entry: 'bench/sizes.ts', outDir, name: 'sizes.mjs' });
  const { module } = await runnerImport(join(root, 'bench', 'sizes-table.ts'), inNode);
  const table = await module.measureSizes(join(outDir, 'sizes.mjs'), values.only ?? '');
  console.log(`\n${table}`);
  if (!values.only) writeTables('sizes.md', { sizes: table });
}

/** Measures us beside other libraries, and writes the tables into the docs. */
async function peers() {
  installPeers();
  const { module } = await runnerImport(join(root, 'bench', 'peers.ts'), inNode);
  const order = {
    devices: values.device ? [values.device] : ['webgpu', 'wasm'],
    seconds: Number(values.seconds ?? 1),
    only: values.only ?? '',
  };
  await module.measurePeers(order, (tables) => {
    for (const table of Object.values(tables)) console.log(`\n${table}`);
    if (!values.only)
      writeTables(
        'kernels.md',
        Object.fromEntries(Object.entries(tables).map(([device, table]) => [`peers ${device}`, table])),
      );
  });
  // Vite's server keeps the process alive.
  process.exit(0);
}

/** Installs the other libraries, in a folder of their own, if they are missing or older than their lock file. */
function installPeers() {
  const installed = join(peersFolder, 'node_modules', '.package-lock.json');
  const lock = join(peersFolder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing the peers …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed in bench/peers: check the network, then try again.');
    process.exit(1);
  }
}
