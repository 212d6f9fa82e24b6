import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, type ResolvedConfig, build } from 'vite';
import type { BuiltPage } from '../src/offline/service-worker';
import { policyOf } from './content-policy.ts';

const NAME = 'service-worker.js';

/** Files that a visitor's browser need not keep. */
const isUnneeded = (path: string): boolean => path.endsWith('.map') || path === NAME;

/** Returns what the service worker has to know of a built folder. */
function describe(folder: string, isolation: BuiltPage['isolation']): BuiltPage {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length + 1).replaceAll('\\', '/');
    if (isUnneeded(path)) continue;
    const digest = createHash('sha256').update(readFileSync(file)).digest('base64');
    files[path === 'index.html' ? '' : path] = `sha256-${digest}`;
  }
  return { files, isolation, policy: policyOf(readFileSync(join(folder, 'index.html'), 'utf8')) };
}

/**
 * Builds the service worker, with the list of all built files and their hashes, after everything else.
 * @param isolation headers that the server may not send.
 */
export function serviceWorker(isolation: BuiltPage['isolation']): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    async writeBundle() {
      const outDir = join(config.root, config.build.outDir);
      await build({
        root: config.root,
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: { BUILT_PAGE: JSON.stringify(describe(outDir, isolation)) },
        build: {
          outDir,
          emptyOutDir: false,
          target: config.build.target,
          rolldownOptions: {
            input: join(config.root, 'src/offline/service-worker.ts'),
            output: { format: 'iife', entryFileNames: NAME },
          },
        },
      });
    },
  };
}
