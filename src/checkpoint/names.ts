/**
 * Returns true if `name` is a plain file name. Names come from untrusted index files and addresses and become part of paths and
 * URLs, so anything that could leave the folder is rejected.
 */
export function isPlainFileName(name: string): boolean {
  if (name === '' || name === '.' || name.includes('..') || name.includes('://')) return false;
  for (const character of name) {
    if (character < ' ' || character === '/' || character === '\\') return false;
  }
  return true;
}

/** True if `name` is that of a GGUF file. */
export const isGguf = (name: string): boolean => /\.gguf$/i.test(name);
