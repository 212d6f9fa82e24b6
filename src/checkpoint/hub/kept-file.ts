import type { KeptFolders } from './kept-folders';

/** A kept range of a file: `bytes` from `start`. */
interface Piece {
  readonly start: number;
  readonly bytes: number;
}

/** The ranges of one file that are kept, each in a file of its own. Never throws: what fails is not kept. */
export class KeptFile {
  readonly #folders: KeptFolders;
  readonly #folder: string;
  readonly #onFailure: (cause: unknown) => void;
  #pieces: Piece[] = [];
  #loading: Promise<void> | undefined;
  #failed = false;

  constructor(folders: KeptFolders, folder: string, onFailure: (cause: unknown) => void) {
    this.#folders = folders;
    this.#folder = folder;
    this.#onFailure = onFailure;
  }

  /** Finds out what is kept; to be awaited before the first question. */
  load(): Promise<void> {
    this.#loading ??= this.#list();
    return this.#loading;
  }

  /** Returns the kept range with the byte at `offset`. */
  pieceAt(offset: number): Piece | undefined {
    return this.#pieces.find(({ start, bytes }) => start <= offset && offset < start + bytes);
  }

  /** Returns the first kept byte after `offset`; Infinity if there is none. */
  nextAfter(offset: number): number {
    return Math.min(Infinity, ...this.#pieces.map(({ start }) => start).filter((start) => start > offset));
  }

  /** Returns bytes of a kept range from `offset` on, at most `length`; undefined, and forgets the range, if they are not there. */
  async read(piece: Piece, offset: number, length: number): Promise<Uint8Array | undefined> {
    const wanted = Math.min(length, piece.start + piece.bytes - offset);
    try {
      const bytes = await this.#folders.read(this.#path(piece), offset - piece.start, wanted);
      if (bytes?.byteLength === wanted) return bytes;
    } catch (cause) {
      this.#fail(cause);
    }
    this.#pieces = this.#pieces.filter((each) => each !== piece);
    return undefined;
  }

  /** Keeps a range. @returns false if it is not kept. */
  async write(start: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (this.#failed) return false;
    const piece = { start, bytes: bytes.byteLength };
    try {
      await this.#folders.write(this.#path(piece), bytes);
      this.#pieces.push(piece);
      return true;
    } catch (cause) {
      this.#fail(cause);
      return false;
    }
  }

  #path({ start, bytes }: Piece): string {
    return `${this.#folder}/${start}-${bytes}`;
  }

  /** Lists the ranges; files that are not as long as their names say are left out. */
  async #list(): Promise<void> {
    try {
      for (const { name, size } of await this.#folders.list(this.#folder)) {
        const [, start, bytes] = /^(\d+)-(\d+)$/.exec(name) ?? [];
        if (bytes !== undefined && Number(bytes) === size)
          this.#pieces.push({ start: Number(start), bytes: size });
      }
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #fail(cause: unknown): void {
    this.#failed = true;
    this.#onFailure(cause);
  }
}
