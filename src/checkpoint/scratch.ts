import type { ByteSource } from './source';

/** Temporary files for tensors that do not fit into memory together. They end with the process or the page. */
export interface Scratch {
  /** Writes a temporary file. @throws SinkError if there is no room. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<ScratchFile>;
}

export interface ScratchFile extends ByteSource {
  /** Removes the file. Its bytes can no longer be read. Never throws. */
  remove(): Promise<void>;
}
