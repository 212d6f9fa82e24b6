/** File systems take names of 255 bytes. */
const MAX_NAME = 255;

/**
 * Returns true if `name` is a plain file name. Names come from untrusted index files and addresses and become part of paths and
 * URLs, so anything that could leave the folder is rejected.
 */
export function isPlainFileName(name: string): boolean {
  if (name === '' || name === '.' || name.includes('..') || name.includes('://')) return false;
  // Half of a surrogate pair cannot be written in an address or on a disk.
  if (name.length > MAX_NAME || !name.isWellFormed()) return false;
  for (const character of name) {
    if (character < ' ' || character === '/' || character === '\\') return false;
  }
  return true;
}

/** True if `name` is that of a GGUF file. */
export const isGguf = (name: string): boolean => /\.gguf$/i.test(name);
