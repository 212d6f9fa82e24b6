/**
 * Whether `name` is one plain file name. Names come from index files and addresses that anyone may have written, and end
 * in paths and URLs: nothing that could lead out of the folder is let through.
 */
export function isFlatName(name: string): boolean {
  if (name === '' || name === '.' || name.includes('..') || name.includes('://')) return false;
  for (const character of name) {
    if (character < ' ' || character === '/' || character === '\\') return false;
  }
  return true;
}
