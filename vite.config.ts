import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the built folder works from any sub-path of any server.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  // plotly is big, and loaded only when a chart is shown.
  build: {
    target: 'es2022',
    sourcemap: true,
    chunkSizeWarningLimit: 1500,
    // How long plugins took is no news to somebody who wants the page served.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
