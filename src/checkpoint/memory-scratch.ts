import type { Scratch, ScratchFile } from './scratch';
import { MemorySource } from './sources';

/** Keeps temporary files in memory, for tests. */
export class MemoryScratch implements Scratch {
  readonly files = new Set<ScratchFile>();

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<ScratchFile> {
    const source = new MemorySource(bytes, `tensor ${this.files.size}`);
    const file: ScratchFile = {
      name: source.name,
      size: source.size,
      read: (offset, length, signal) => source.read(offset, length, signal),
      remove: async () => void this.files.delete(file),
    };
    this.files.add(file);
    return file;
  }
}
