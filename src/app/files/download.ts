/*
 * Room `files`: files that come into the page and go out of it. What is in them is for the rooms that read or write
 * them. Imports nothing else of the page.
 */

/** Hands a blob to the browser's downloads. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own reference once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
