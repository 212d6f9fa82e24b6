import { existsSync } from 'node:fs';
import { type Plugin, preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the built page. */
    page: string;
  }
}

/** Sends scripts and styles as they are, because compressing them for every visit takes a twelfth of the time of one. */
const uncompressed: Plugin = {
  name: 'uncompressed',
  configurePreviewServer({ middlewares }) {
    middlewares.use('/assets', (request, _, next) => {
      delete request.headers['accept-encoding'];
      next();
    });
  },
};

/** Serves the production build for the end-to-end tests. */
export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync('dist/index.html')) throw new Error('dist/ is missing: run `npm run build` first');
  const server = await preview({
    logLevel: 'error',
    preview: { port: 0, host: '127.0.0.1' },
    plugins: [uncompressed],
  });
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('the preview server has no address');
  project.provide('page', address);
  return () => server.close();
}
