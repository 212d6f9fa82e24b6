import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';

// --bundle: only writes the kernel and solver benchmark, as one file that needs just the `webgpu` package.
const { values } = parseArgs({ options: { bundle: { type: 'boolean' }, out: { type: 'string' } } });
ensureDependencies();
const browser = values.bundle ? undefined : ensureBrowser();
const { build, runnerImport } = await import('vite');

const outDir = values.out ?? join(root, 'bench', 'out');
await build({
  root,
  logLevel: 'warn',
  configFile: false,
  publicDir: false,
  ssr: { noExternal: true, external: ['webgpu'] },
  build: {
    ssr: join(root, 'bench', 'device.ts'),
    outDir,
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: 'bench.mjs', codeSplitting: false } },
  },
});
console.log(`wrote ${join(outDir, 'bench.mjs')}\n`);
if (!values.bundle) {
  const { status } = spawnSync('node', [join(outDir, 'bench.mjs')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const inNode = { root, configFile: false, logLevel: 'error' };
  await runnerImport(join(root, 'bench', 'large.ts'), inNode);
  await runnerImport(join(root, 'bench', 'cpu.ts'), inNode);
  await build({ root, logLevel: 'warn' });
  process.env.CHROME_PATH = browser;
  await runnerImport(join(root, 'bench', 'page.ts'), inNode);
}
