import { parseArgs } from 'node:util';
import { ensureDependencies, root } from './setup.mjs';

const { values } = parseArgs({ options: { port: { type: 'string' }, host: { type: 'string' } } });

ensureDependencies();
const { build, preview } = await import('vite');
await build({ root, logLevel: 'warn' });
const server = await preview({
  root,
  logLevel: 'warn',
  // Loopback by default, because WebGPU needs a secure context, which plain HTTP on another address is not.
  preview: { port: Number(values.port ?? 4173), host: values.host ?? '127.0.0.1' },
});
const { local = [], network = [] } = server.resolvedUrls ?? {};
console.log(`Interlayer is at ${[...local, ...network].join(' and ')} (Ctrl+C stops it)`);
