import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const metaOf = (policy: string): string =>
  `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Returns the content security policy of a built page. @param html its text. */
export function policyOf(html: string): string {
  const policy = new RegExp(metaOf('([^"]*)')).exec(html)?.[1];
  if (policy === undefined)
    throw new Error('index.html: expected a content security policy. Build the page again.');
  return policy;
}

/**
 * Returns what the page may load and run, and nothing else. The address of a model or a lesson may be any, so reading is not limited to
 * hosts; what is read is data. There is no `frame-ancestors`, because other sites show the page in a frame (`?embed`).
 * @param html the page, whose own inline scripts are allowed by their hashes.
 */
function policyFor(html: string): string {
  const inline = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text = '']) => text);
  const policy = {
    'default-src': ["'none'"],
    // The CPU backend's kernels are assembled in the page. 'wasm-unsafe-eval' allows that, and no eval of JavaScript.
    'script-src': ["'self'", "'wasm-unsafe-eval'", ...inline.map(hashOf)],
    'worker-src': ["'self'"],
    // plotly adds an empty style element, and its rules by script.
    'style-src': ["'self'", hashOf('')],
    // The icon is a data: address; a figure that is saved as PNG is first an SVG in a blob.
    'img-src': ["'self'", 'data:', 'blob:'],
    'connect-src': ["'self'", 'https:', 'http:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  };
  return Object.entries(policy)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}

/**
 * Writes a content security policy into the built page, so that it holds on any server; `npm start` also sends it as a header, which
 * workers have it from. The development server has none, because it replaces modules by inline scripts.
 */
export const contentPolicy: Plugin = {
  name: 'content-policy',
  apply: (_, { command, isPreview = false }) => command === 'build' || isPreview,
  transformIndexHtml: {
    order: 'post',
    // Before everything that it shall hold for.
    handler: (html) => html.replace('<meta charset="utf-8" />', `$&\n    ${metaOf(policyFor(html))}`),
  },
  configurePreviewServer({ config, middlewares }) {
    const policy = policyOf(readFileSync(join(config.root, config.build.outDir, 'index.html'), 'utf8'));
    middlewares.use((_, response, next) => {
      response.setHeader('Content-Security-Policy', policy);
      next();
    });
  },
};
