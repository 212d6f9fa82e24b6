/**
 * Names of the files that a kernel includes by lines `// @use NAME.wgsl`. Both the compiled text and the one that the page
 * shows are the kernel's own file followed by these.
 */
export const includedFiles = (source: string): string[] =>
  [...source.matchAll(/^\/\/ @use (\w+)\.wgsl$/gm)].map(([, name = '']) => name);
