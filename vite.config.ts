import { readFile } from 'node:fs/promises';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { contentPolicy } from './vite/content-policy.ts';
import { serviceWorker } from './vite/service-worker.ts';

/** Headers that isolate the page, because the CPU backend's threads need shared memory and only isolated pages have it. */
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  // So that other isolated pages may show it in a frame.
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Imports kernels for the device (`NAME.wgsl?raw&bare`) without indents and comments, except directives, which start with `@`. */
const bareKernels: Plugin = {
  name: 'bare-kernels',
  apply: 'build',
  enforce: 'pre',
  async load(id) {
    const [path = '', query = ''] = id.split('?');
    if (!path.endsWith('.wgsl') || !query.split('&').includes('bare')) return null;
    const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
    const kept = lines.filter((line) => line !== '' && (!line.startsWith('//') || line.startsWith('// @')));
    return `export default ${JSON.stringify(kept.join('\n'))};`;
  },
};

export default defineConfig({
  server: { headers: isolated },
  preview: { headers: isolated },
  // Relative, so that the built folder works from any path of a server.
  base: './',
  plugins: [react(), contentPolicy, serviceWorker(isolated)],
  worker: {
    format: 'es',
    plugins: () => [bareKernels],
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  // The limit allows plotly, which is large but loaded only when a chart is shown.
  build: {
    target: 'es2022',
    sourcemap: true,
    chunkSizeWarningLimit: 1500,
    // Do not print how long plugins took.
    rolldownOptions: {
      checks: { bundlerTimings: false },
      // One file for all code of the first load, because many small files compress worse.
      output: { codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] } },
    },
  },
});
