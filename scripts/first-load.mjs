import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './setup.mjs';

const LIMIT_KB = 200;
const dist = join(root, 'dist');
const html = readFileSync(join(dist, 'index.html'), 'utf8');
const size = (path) => gzipSync(readFileSync(join(dist, path))).length / 1000;

// Files of the first load: scripts and preloads of index.html, and the engine's worker.
const entry = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path);
const workers = readdirSync(join(dist, 'assets'))
  .filter((name) => /^worker.*\.js$/.test(name))
  .map((name) => `assets/${name}`);
const files = [...new Set([...entry, ...workers])];
const total = files.reduce((sum, path) => sum + size(path), 0);
for (const path of files) console.log(`${size(path).toFixed(1).padStart(7)} kB  ${path}`);
console.log(`${total.toFixed(1).padStart(7)} kB of JavaScript at first load, gzipped (limit ${LIMIT_KB} kB)`);
// The backend that computes comes on demand.
const backends = readdirSync(join(dist, 'assets')).filter((name) => /^backend.*\.js$/.test(name));
const largest = Math.max(...backends.map((name) => size(`assets/${name}`)));
console.log(`${largest.toFixed(1).padStart(7)} kB more at most for the backend that computes`);
if (entry.length === 0 || workers.length === 0 || total > LIMIT_KB) process.exit(1);
