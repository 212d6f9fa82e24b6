/**
 * Folders of files that outlast a visit: the browser's own storage, or a cache folder on disk. A path is names joined by `/`,
 * each valid as a file name. Everything may throw, when there is no storage or no room left.
 */
export interface KeptFolders {
  /** Returns what is directly in a folder; nothing if there is no such folder. */
  list(folder: string): Promise<readonly KeptEntry[]>;
  /** Returns at most `length` bytes from `offset`; undefined if there is no such file. */
  read(path: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /** Writes a whole file: it is never visible in part. */
  write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Removes a folder with all that is in it; nothing happens if there is none. */
  remove(folder: string): Promise<void>;
  /** Returns how many more bytes may be kept, if that is known. */
  free(): Promise<number | undefined>;
}

interface KeptEntry {
  readonly name: string;
  /** In bytes; 0 for a folder. */
  readonly size: number;
  readonly isFolder: boolean;
}
