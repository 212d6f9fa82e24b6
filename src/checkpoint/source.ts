import type { Transfer } from './transfer';

/** A file that is read by byte ranges: a picked File, memory, a URL, a file on disk. */
export interface ByteSource {
  /** File name, for messages. */
  readonly name: string;
  /** Total size in bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes from `offset`. @throws SourceError if there are fewer. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** The files of one model in the layout of the Hub: config.json, model.safetensors or shards with an index, … */
export interface FileSet {
  /** Folder name or address, for display. */
  readonly name: string;
  /** Opens a file; returns undefined if it does not exist. Names have no folders. */
  open(name: string, signal?: AbortSignal): Promise<ByteSource | undefined>;
  /** Returns the names of all files, if the source can list them. */
  list?(): Promise<readonly string[]>;
  /** Says why a file that could be expected is not there, and what to do, if the source knows more than that. */
  whyMissing?(name: string): string | undefined;
  /** What is read from the network, if the files are far away. */
  readonly transfer?: Transfer | undefined;
}

/** Target of an exported checkpoint: a folder on disk, a picked directory, a download. */
export interface FileSink {
  /** Starts a file. Until `close` its bytes are not visible, or the file is marked as partial. */
  create(name: string): Promise<FileWriter>;
  /**
   * Ends writing and returns the files for reading back, undefined if that is not possible here; called once, after all are
   * closed.
   */
  finish(): Promise<FileSet | undefined>;
  /** Makes all files visible; called once, after `finish`. */
  commit(): Promise<void>;
  /** Removes all written files. May be called at any time before `commit` has resolved. */
  abort(): Promise<void>;
}

export interface FileWriter {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
