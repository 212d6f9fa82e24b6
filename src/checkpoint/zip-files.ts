import { CheckpointError } from './errors';
import { checkRange } from './range';
import type { ByteSource, FileSet } from './source';

/** Signatures and sizes in bytes of the records of a zip (APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16). */
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const END = { signature: 0x06054b50, bytes: 22 };
const END64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR64 = { signature: 0x07064b50, bytes: 20 };
const MAX_COMMENT = 0xffff;
/** Flag of an encrypted file. */
const ENCRYPTED = 1;
/** A list of a few hundred thousand files; longer ones are not read into memory. */
const MAX_DIRECTORY_BYTES = 32 * 2 ** 20;
/** A field of 32 bits that stands in the zip64 extra field instead. */
const IN_EXTRA = 0xffffffff;

/** Where a file lies in the zip. */
interface Entry {
  /** Bytes of the file, and as stored in the zip: the same, if it is not compressed. */
  readonly size: number;
  readonly stored: number;
  /** Offset of its local header. */
  readonly header: number;
  /** As in the list; in its local header it must be the same. */
  readonly path: string;
}

/** The files of one folder of a zip without compression, as `ZipSink` writes it, also beyond 4 GiB. */
export class ZipFiles implements FileSet {
  readonly name: string;
  readonly #zip: ByteSource;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ByteSource, folder: string, entries: ReadonlyMap<string, Entry>) {
    this.name = folder;
    this.#zip = zip;
    this.#entries = entries;
  }

  /** Reads the list of files. @param folder default: the folder of the zip's first file. @throws CheckpointError if it is no such zip, or cut short; SourceError. */
  static async open(zip: ByteSource, folder?: string): Promise<ZipFiles> {
    const { start, bytes, count } = await directoryOf(zip);
    const view = await viewOf(zip, start, bytes);
    const entries = new Map<string, Entry>();
    let prefix = folder === undefined ? undefined : `${folder}/`;
    let at = 0;
    for (let left = count; left > 0; left--) {
      if (at + ENTRY.bytes > bytes || view.getUint32(at, true) !== ENTRY.signature) throw damaged(zip);
      const method = view.getUint16(at + 10, true);
      const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
        view.getUint16(at + field, true),
      ) as [number, number, number];
      const next = at + ENTRY.bytes + nameBytes + extraBytes + commentBytes;
      const flags = view.getUint16(at + 8, true);
      if (method !== 0 || (flags & ENCRYPTED) !== 0 || next > bytes) throw damaged(zip);
      const entry = entryOf(view, at, nameBytes, extraBytes);
      const { path, size, stored, header } = entry;
      if (size !== stored || header + LOCAL.bytes + size > zip.size) throw damaged(zip);
      prefix ??= path.slice(0, path.lastIndexOf('/') + 1);
      if (path.startsWith(prefix) && path !== prefix) {
        const name = path.slice(prefix.length);
        // Readers do not agree on which of two counts.
        if (entries.has(name)) throw damaged(zip);
        entries.set(name, entry);
      }
      at = next;
    }
    return new ZipFiles(zip, folder ?? prefix?.slice(0, -1) ?? '', entries);
  }

  /** @throws CheckpointError if the file's own header is not where the list says; SourceError. */
  async open(name: string): Promise<ByteSource | undefined> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const header = await viewOf(this.#zip, entry.header, LOCAL.bytes);
    if (header.getUint32(0, true) !== LOCAL.signature) throw damaged(this.#zip);
    const nameBytes = header.getUint16(26, true);
    const path = await viewOf(this.#zip, entry.header + LOCAL.bytes, nameBytes);
    if (textOf(path, 0, nameBytes) !== entry.path) throw damaged(this.#zip);
    const start = entry.header + LOCAL.bytes + nameBytes + header.getUint16(28, true);
    return new PartSource(this.#zip, start, entry.size, name);
  }

  async list(): Promise<readonly string[]> {
    return [...this.#entries.keys()];
  }
}

/** A range of another source. */
class PartSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #whole: ByteSource;
  readonly #start: number;

  constructor(whole: ByteSource, start: number, size: number, name: string) {
    this.#whole = whole;
    this.#start = start;
    this.size = size;
    this.name = name;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    checkRange(this, offset, length);
    return this.#whole.read(this.#start + offset, length, signal);
  }
}

/** Finds the list of files at the end of a zip. */
async function directoryOf(zip: ByteSource): Promise<{ start: number; bytes: number; count: number }> {
  const tail = Math.min(zip.size, LOCATOR64.bytes + END.bytes + MAX_COMMENT);
  const tailStart = zip.size - tail;
  const view = await viewOf(zip, tailStart, tail);
  let end = tail - END.bytes;
  while (end >= 0 && view.getUint32(end, true) !== END.signature) end--;
  if (end < 0) throw damaged(zip);
  const locator = end - LOCATOR64.bytes;
  const directory =
    locator >= 0 && view.getUint32(locator, true) === LOCATOR64.signature
      ? await directory64(zip, Number(view.getBigUint64(locator + 8, true)))
      : {
          count: view.getUint16(end + 10, true),
          bytes: view.getUint32(end + 12, true),
          start: view.getUint32(end + 16, true),
        };
  const { start, bytes } = directory;
  if (bytes > MAX_DIRECTORY_BYTES || start + bytes > tailStart + end) throw damaged(zip);
  return directory;
}

async function directory64(
  zip: ByteSource,
  at: number,
): Promise<{ start: number; bytes: number; count: number }> {
  if (at + END64.bytes > zip.size) throw damaged(zip);
  const view = await viewOf(zip, at, END64.bytes);
  if (view.getUint32(0, true) !== END64.signature) throw damaged(zip);
  const [count = 0, bytes = 0, start = 0] = [32, 40, 48].map((field) =>
    Number(view.getBigUint64(field, true)),
  );
  return { start, bytes, count };
}

/** Reads size and offset of an entry: from their fields, or those that do not fit from the zip64 extra field, in this order. */
function entryOf(view: DataView, at: number, nameBytes: number, extraBytes: number): Entry {
  const stored = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const header = view.getUint32(at + 42, true);
  let extra = at + ENTRY.bytes + nameBytes;
  const end = extra + extraBytes;
  while (extra + 4 <= end && view.getUint16(extra, true) !== 1) extra += 4 + view.getUint16(extra + 2, true);
  extra += 4;
  const wide = (field: number): number => {
    if (field !== IN_EXTRA || extra + 8 > end) return field;
    extra += 8;
    return Number(view.getBigUint64(extra - 8, true));
  };
  // In this order.
  const [whole, kept, place] = [wide(size), wide(stored), wide(header)];
  return { size: whole, stored: kept, header: place, path: textOf(view, at + ENTRY.bytes, nameBytes) };
}

async function viewOf(zip: ByteSource, start: number, length: number): Promise<DataView> {
  if (start + length > zip.size) throw damaged(zip);
  const { buffer, byteOffset } = await zip.read(start, length);
  return new DataView(buffer, byteOffset, length);
}

const textOf = (view: DataView, start: number, length: number): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, length));

const damaged = (zip: ByteSource): CheckpointError =>
  new CheckpointError(
    `${zip.name}: expected a zip without compression, got one that is damaged or cut short. Export again.`,
  );
