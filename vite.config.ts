import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Only an isolated page may share memory between threads, which the CPU backend computes on. */
const isolated = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  server: { headers: isolated },
  preview: { headers: isolated },
  // Relative, so that the built folder works from any sub-path of any server.
  base: './',
  plugins: [react()],
  worker: { format: 'es', rolldownOptions: { checks: { bundlerTimings: false } } },
  // plotly is big, and loaded only when a chart is shown.
  build: {
    target: 'es2022',
    sourcemap: true,
    chunkSizeWarningLimit: 1500,
    // How long plugins took is no news to somebody who wants the page served.
    rolldownOptions: {
      checks: { bundlerTimings: false },
      // What the page needs at once is one file: many small ones compress worse.
      output: { codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] } },
    },
  },
});
