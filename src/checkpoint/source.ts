/** Anything that answers byte ranges: a File, memory, a URL, a file on disk. */
export interface ByteSource {
  /** File name, for messages. */
  readonly name: string;
  /** Total size in bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`. @throws SourceError when fewer come back. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** The files of one model, laid out as the Hub lays them out: config.json, model.safetensors or shards with an index, … */
export interface FileSet {
  /** For people: folder name or address. */
  readonly name: string;
  /** The named file, or undefined where there is none. Names are flat: no folders. */
  open(name: string, signal?: AbortSignal): Promise<ByteSource | undefined>;
  /** The names that are there, for messages, where they can be known. */
  list?(): Promise<readonly string[]>;
}

/** Where an exported checkpoint goes: a folder on disk, a picked directory, a download. */
export interface FileSink {
  /** Starts a file. The sink holds the bytes back, or marks the file partial, until `close`. */
  create(name: string): Promise<FileWriter>;
  /** Called once after all files are closed: what was held back becomes visible. */
  commit(): Promise<void>;
  /** Removes everything written. Safe to call at any time before `commit` has resolved. */
  abort(): Promise<void>;
}

export interface FileWriter {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
