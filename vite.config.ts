import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Headers that isolate the page, because the CPU backend's threads need shared memory and only isolated pages have it. */
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  server: { headers: isolated },
  preview: { headers: isolated },
  // Relative, so that the built folder works from any path of a server.
  base: './',
  plugins: [react()],
  worker: { format: 'es', rolldownOptions: { checks: { bundlerTimings: false } } },
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
