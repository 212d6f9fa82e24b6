import { type Hash, createHash } from 'node:crypto';
import type { FileSink, FileWriter } from '../src/checkpoint/source';

interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A sink that keeps nothing but the SHA-256 of every tensor written to it. */
export class HashingSink implements FileSink {
  /** By tensor name, in hexadecimal. */
  readonly hashes = new Map<string, string>();
  bytes = 0;

  async create(name: string): Promise<FileWriter> {
    const tensors = name.endsWith('.safetensors') ? new TensorHashes(this.hashes) : undefined;
    return {
      write: async (bytes) => {
        this.bytes += bytes.length;
        tensors?.write(bytes);
      },
      close: async () => undefined,
    };
  }

  async finish(): Promise<undefined> {}

  async commit(): Promise<void> {}

  async abort(): Promise<void> {
    this.hashes.clear();
  }
}

/** Splits the bytes of a safetensors file into its tensors, in the order of the file. */
class TensorHashes {
  readonly #into: Map<string, string>;
  #head = new Uint8Array(0);
  #spans: Span[] | undefined;
  #at = 0;
  #hash: Hash | undefined;

  constructor(into: Map<string, string>) {
    this.#into = into;
  }

  write(bytes: Uint8Array): void {
    let rest = bytes;
    if (!this.#spans) {
      const head = new Uint8Array(this.#head.length + bytes.length);
      head.set(this.#head);
      head.set(bytes, this.#head.length);
      this.#head = head;
      if (head.length < 8) return;
      const end = 8 + Number(new DataView(head.buffer).getBigUint64(0, true));
      if (head.length < end) return;
      const header = JSON.parse(new TextDecoder().decode(head.subarray(8, end))) as Record<
        string,
        { data_offsets?: [number, number] }
      >;
      this.#spans = Object.entries(header)
        .flatMap(([name, { data_offsets: offsets }]) =>
          offsets ? [{ name, start: offsets[0], end: offsets[1] }] : [],
        )
        .toSorted((a, b) => a.start - b.start);
      rest = head.subarray(end);
    }
    while (rest.length > 0) {
      const [span] = this.#spans;
      if (!span) throw new Error(`${rest.length} bytes after the last tensor`);
      const part = rest.subarray(0, span.end - this.#at);
      this.#hash ??= createHash('sha256');
      this.#hash.update(part);
      this.#at += part.length;
      rest = rest.subarray(part.length);
      if (this.#at < span.end) return;
      this.#into.set(span.name, this.#hash.digest('hex'));
      this.#hash = undefined;
      this.#spans.shift();
    }
  }
}
