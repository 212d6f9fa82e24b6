/*
 * Room `files`: picked and dropped files, downloads, CSV. Does not know what the files contain. Imports no other room of
 * the page.
 */

/** Downloads a blob under a file name. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // A started download keeps its own reference to the blob.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
