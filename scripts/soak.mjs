import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser, ensureDependencies, root } from './setup.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    built: { type: 'boolean' },
    out: { type: 'string' },
  },
  allowPositionals: true,
});
ensureDependencies();
process.env.CHROME_PATH = ensureBrowser();
const { build, preview, runnerImport } = await import('vite');
const inNode = { root, configFile: false, logLevel: 'error' };
if (!values.built) await build({ root, logLevel: 'warn' });
const server = await preview({ root, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
const { chromium } = await import('playwright-core');
const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROME_PATH,
    args: [
      '--no-sandbox',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      '--enable-blink-features=ForceEagerMeasureMemory',
      '--disable-background-networking',
      '--no-first-run',
    ],
  });
const { module } = await runnerImport(join(root, 'soak/monkey/monkey.ts'), inNode);
const out = values.out ?? '/tmp/soak-out';
mkdirSync(out, { recursive: true });
const report = await module.runMonkey({
  launch,
  address: server.resolvedUrls.local[0],
  seed: Number(values.seed ?? 1),
  minutes: Number(values.minutes ?? 1),
  out,
  onReset: (r) => writeFileSync(join(out, 'report.json'), plain(r)),
  log: (l) => console.log(new Date().toISOString().slice(11, 19), l),
});
writeFileSync(join(out, 'report.json'), plain(report));
console.log(report.actions, report.faults);
await server.close();
process.exit(0);

function plain(report) {
  const { found, pressed } = report.coverage;
  return JSON.stringify(
    {
      ...report,
      coverage: {
        found: [...found],
        pressed: Object.fromEntries(pressed),
        never: [...found].filter((k) => !pressed.has(k)),
      },
    },
    null,
    1,
  );
}
