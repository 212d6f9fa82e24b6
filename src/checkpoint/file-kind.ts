import { CheckpointError } from './errors';

/**
 * Recognises what often stands where a weight file should be.
 * @param start the first bytes of the file, at most 8.
 * @param expected what the file should be, for example `a safetensors file`.
 * @throws CheckpointError for a Git LFS pointer or a web page.
 */
export function refusePointerOrPage(file: string, start: Uint8Array, expected: string): void {
  const words = String.fromCharCode(...start);
  if (words === 'version ') {
    throw new CheckpointError(
      `${file}: expected ${expected}, got a Git LFS pointer to it. Run \`git lfs pull\` in the model folder.`,
    );
  }
  // A safetensors file may start with the byte of `<` too: a header of 60 bytes, or 60 more than a multiple of 256. The upper bytes of
  // its length are zero, and no page has a zero byte.
  if (words.startsWith('<') && !words.includes('\0')) {
    throw new CheckpointError(
      `${file}: expected ${expected}, got a web page. Check the address: it must lead to the file itself.`,
    );
  }
}
