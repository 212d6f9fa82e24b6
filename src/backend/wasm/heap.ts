import { OutOfMemoryError } from '../errors';
import { LAYOUT, MAX_PAGES, PAGE } from './layout';

/** Bytes of a cache line. Blocks start at multiples of it, which also aligns vectors. */
const LINE = 64;
const roundUp = (bytes: number): number => Math.max(LINE, Math.ceil(bytes / LINE) * LINE);

interface Block {
  readonly at: number;
  readonly size: number;
}

/** First-fit allocator of blocks in a WebAssembly memory, which grows as needed and never shrinks. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Unused blocks, sorted by address; adjacent ones are merged. */
  readonly #free: Block[] = [];
  readonly #sizes = new Map<number, number>();
  #end: number;
  #used = 0;
  #bytes: Uint8Array = new Uint8Array();
  #floats = new Float32Array();
  #words = new Int32Array();
  #doubles = new Float64Array();

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#end = LAYOUT.heap;
  }

  /** Bytes of the memory outside allocated blocks. */
  get idleBytes(): number {
    return this.memory.buffer.byteLength - this.#used;
  }

  /** Returns the address of a new block. @throws OutOfMemoryError if the memory cannot grow that far. */
  allocate(bytes: number, label: string): number {
    const size = roundUp(bytes);
    const index = this.#free.findIndex((block) => block.size >= size);
    const block = this.#free[index];
    let at: number;
    if (block) {
      at = block.at;
      if (block.size === size) this.#free.splice(index, 1);
      else this.#free[index] = { at: at + size, size: block.size - size };
    } else at = this.#extend(size, label);
    this.#sizes.set(at, size);
    this.#used += size;
    return at;
  }

  free(at: number): void {
    const size = this.#sizes.get(at);
    if (size === undefined) throw new RangeError(`expected the address of a block, got ${at}`);
    this.#sizes.delete(at);
    this.#used -= size;
    let index = this.#free.findIndex((block) => block.at > at);
    if (index < 0) index = this.#free.length;
    const before = this.#free[index - 1];
    const after = this.#free[index];
    const joinsBefore = before !== undefined && before.at + before.size === at;
    const joinsAfter = after !== undefined && at + size === after.at;
    const start = joinsBefore ? before.at : at;
    const end = joinsAfter ? after.at + after.size : at + size;
    const first = joinsBefore ? index - 1 : index;
    const merged = Number(joinsBefore) + Number(joinsAfter);
    if (end === this.#end) {
      this.#free.splice(first, merged);
      this.#end = start;
    } else this.#free.splice(first, merged, { at: start, size: end - start });
  }

  bytes(at: number, length: number): Uint8Array {
    this.#refresh();
    return this.#bytes.subarray(at, at + length);
  }

  /** `at` must be a multiple of 4. */
  floats(at: number, length: number): Float32Array {
    this.#refresh();
    return this.#floats.subarray(at / 4, at / 4 + length);
  }

  /** The whole memory. Growing the memory detaches this view and the next two. */
  get words(): Int32Array {
    this.#refresh();
    return this.#words;
  }

  get doubles(): Float64Array {
    this.#refresh();
    return this.#doubles;
  }

  get allFloats(): Float32Array {
    this.#refresh();
    return this.#floats;
  }

  #extend(size: number, label: string): number {
    const at = this.#end;
    const held = this.memory.buffer.byteLength;
    const end = at + size;
    if (end > held) {
      const pages = Math.ceil((end - held) / PAGE);
      // Grow by at least a quarter, because growing for every small tensor is slow.
      const ample = Math.min(MAX_PAGES - held / PAGE, Math.max(pages, Math.ceil(held / PAGE / 4)));
      if (pages > ample || !(this.#grow(ample) || this.#grow(pages))) {
        throw new OutOfMemoryError(
          `${label}: the CPU backend has no room for ${size} bytes (${this.#used} in use, at most ${MAX_PAGES * PAGE} in all); ` +
            'free tensors, use smaller bands, or choose a smaller model',
        );
      }
    }
    this.#end = end;
    return at;
  }

  #grow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  #refresh(): void {
    const { buffer } = this.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }
}
