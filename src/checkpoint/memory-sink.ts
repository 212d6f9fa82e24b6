import type { FileSet, FileSink, FileWriter } from './source';
import { MemoryFiles } from './sources';

/** Keeps written files in memory, for tests. */
export class MemorySink implements FileSink {
  readonly files = new Map<string, Uint8Array>();
  committed = false;
  aborted = false;

  async create(name: string): Promise<FileWriter> {
    const parts: Uint8Array[] = [];
    return {
      write: async (bytes) => void parts.push(bytes.slice()),
      close: async () =>
        void this.files.set(name, new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())),
    };
  }

  async finish(): Promise<FileSet> {
    return new MemoryFiles(this.files);
  }

  async commit(): Promise<void> {
    this.committed = true;
  }

  async abort(): Promise<void> {
    this.aborted = true;
    this.files.clear();
  }
}
