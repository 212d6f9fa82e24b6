import type { KeptFolders } from './kept-folders';

/** Folders in memory, for tests. */
export class MemoryFolders implements KeptFolders {
  readonly files = new Map<string, Uint8Array>();
  /** Thrown by everything, if set. */
  failure: Error | undefined;
  /** Thrown by writes of more bytes in all. */
  room = Infinity;

  async list(folder: string) {
    this.#check();
    const prefix = folder === '' ? '' : `${folder}/`;
    const entries = new Map<string, { name: string; size: number; isFolder: boolean }>();
    for (const [path, bytes] of this.files) {
      if (!path.startsWith(prefix)) continue;
      const [name = '', ...below] = path.slice(prefix.length).split('/');
      const isFolder = below.length > 0;
      entries.set(name, { name, size: isFolder ? 0 : bytes.byteLength, isFolder });
    }
    return [...entries.values()];
  }

  async read(path: string, offset: number, length: number) {
    this.#check();
    return this.files.get(path)?.slice(offset, offset + length);
  }

  async write(path: string, bytes: Uint8Array) {
    this.#check();
    if (this.#held() + bytes.byteLength > this.room) throw new DOMException('no room', 'QuotaExceededError');
    this.files.set(path, bytes.slice());
  }

  async remove(folder: string) {
    this.#check();
    for (const path of this.files.keys()) if (path.startsWith(`${folder}/`)) this.files.delete(path);
  }

  async free() {
    this.#check();
    return this.room - this.#held();
  }

  #held(): number {
    return [...this.files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  #check(): void {
    if (this.failure) throw this.failure;
  }
}
