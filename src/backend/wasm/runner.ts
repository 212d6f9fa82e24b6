import type { Tensor } from '../operations';
import { elements } from '../shape';
import { Heap } from './heap';
import { SLOT, type Params } from './kernels/kernel';
import { LAYOUT, MAX_PAGES } from './layout';
import { type Kernels, type Program, assemble } from './kernel-module';
import { Store } from './store';
import { type Thread, type Threading, canThread } from './threads';

const FIRST_PAGES = 64;
/** 256 MiB: with less than that few models can be worked on. */
const LEAST_PAGES = 4096;
/** Nanoseconds of work that are worth a range of their own: several times what taking one costs. */
const RANGE_NS = 20_000;
/** Ranges for each thread, so that one that is held up leaves its share to the others. */
const RANGES_EACH = 4;
/** How long starting threads may take. */
const PATIENCE_MS = 5000;

/** How the items of a kernel's work are cut. */
interface Cut {
  readonly items: number;
  /** Rough time of an item. */
  readonly nanoseconds: number;
  /** Ranges start at multiples of this. Default 1. */
  readonly multiple?: number;
  /** Exactly this many items in a range, whatever the number of threads. */
  readonly grain?: number;
  /** Bytes of memory of its own for each thread, for a range of so many items. */
  readonly scratch?: (grain: number) => number;
}

type Values<N extends keyof Kernels> = {
  readonly [P in keyof Kernels[N]['params']]: number;
};

/** The tensors of one WebAssembly memory and the kernels that run on them. Operations are functions that take it first. */
export class Runner extends Store {
  readonly program: Program;
  /** Threads that compute, this one included. */
  readonly threads: number;
  readonly #others: readonly Thread[];
  /** Threads that may compute: also those that did not answer in time. */
  readonly #slots: number;
  readonly #run: (ranges: number) => void;

  private constructor(
    program: Program,
    heap: Heap,
    instance: WebAssembly.Instance,
    others: readonly Thread[],
    slots: number,
  ) {
    super(heap);
    this.program = program;
    this.threads = others.length + 1;
    this.#others = others;
    this.#slots = slots;
    this.#run = instance.exports['run'] as (ranges: number) => void;
  }

  /** @throws WebAssembly.CompileError where there is no SIMD. */
  static async open(threading?: Threading): Promise<Runner> {
    const wanted = threading && threading.count > 1 && canThread() ? threading : undefined;
    const shared = wanted !== undefined;
    const program = assemble(FIRST_PAGES, shared);
    const module = await WebAssembly.compile(program.bytes);
    const memory = reserve(shared);
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    const slots = wanted?.count ?? 1;
    const started = await Promise.all(
      Array.from({ length: slots - 1 }, (_, i) => soon(wanted?.spawn(module, memory, i + 1))),
    );
    const others = started.filter((thread) => thread !== undefined);
    return new Runner(program, new Heap(memory), instance, others, slots);
  }

  override dispose(): void {
    super.dispose();
    const { words } = this.heap;
    words[LAYOUT.stop / 4] = 1;
    if (this.#others.length > 0) Atomics.notify(words, LAYOUT.job / 4);
    for (const thread of this.#others) thread.terminate();
  }

  /** Calls `work` with the addresses of the tensors' numbers as f32; packed ones are unpacked for as long as it takes. */
  values<R>(tensors: readonly Tensor[], work: (...at: number[]) => R): R {
    const made: number[] = [];
    try {
      const addresses = tensors.map((tensor) => {
        const { at, dtype, shape, label } = this.own(tensor);
        if (dtype === 'f32' || dtype === 'u32') return at;
        const items = elements(shape);
        const out = this.heap.allocate(4 * items, `${label} as f32`);
        made.push(out);
        const cut = { items, nanoseconds: 0.3, multiple: 4 };
        this.run(dtype === 'bf16' ? 'unpackBf16' : 'unpackF16', { x: at, out }, cut);
        return out;
      });
      return work(...addresses);
    } finally {
      for (const at of made) this.heap.free(at);
    }
  }

  /** Runs a kernel on all threads and returns when it is done. */
  run<N extends keyof Kernels>(name: N, values: Values<N>, cut: Cut): void {
    this.check();
    const { items } = cut;
    const grain = cut.grain ?? this.#grain(cut);
    const ranges = Math.ceil(items / grain);
    const step = Math.ceil((cut.scratch?.(grain) ?? 0) / 64) * 64;
    const start = (scratch: number): void => {
      this.#describe(name, values);
      const { words } = this.heap;
      words[LAYOUT.kernel / 4] = this.program.entries[name];
      words[LAYOUT.ranges / 4] = ranges;
      words[LAYOUT.items / 4] = items;
      words[LAYOUT.grain / 4] = grain;
      words[LAYOUT.scratch / 4] = scratch;
      words[LAYOUT.scratchStep / 4] = step;
      Atomics.store(words, LAYOUT.done / 4, 0);
      Atomics.store(words, LAYOUT.untaken / 4, ranges);
      if (ranges > 1 && this.threads > 1) {
        Atomics.add(words, LAYOUT.job / 4, 1);
        Atomics.notify(words, LAYOUT.job / 4);
      }
      this.#run(ranges);
    };
    if (step === 0) start(0);
    else this.temporary(step * this.#slots, `${name} scratch`, start);
  }

  #grain({ items, nanoseconds, multiple = 1 }: Cut): number {
    const worthwhile = RANGE_NS / nanoseconds;
    const even = items / (this.threads * RANGES_EACH);
    const grain = this.threads === 1 ? items : Math.max(worthwhile, even);
    return Math.max(multiple, Math.ceil(grain / multiple) * multiple);
  }

  #describe<N extends keyof Kernels>(name: N, values: Values<N>): void {
    const { params } = this.program.kernels[name];
    const { words, allFloats, doubles } = this.heap;
    let at = LAYOUT.arguments;
    for (const [param, kind] of Object.entries(params as Params)) {
      const value = (values as Readonly<Record<string, number>>)[param] ?? 0;
      if (kind === 'f64') doubles[at / 8] = value;
      else if (kind === 'f32') allFloats[at / 4] = value;
      else words[at / 4] = value;
      at += SLOT;
    }
  }
}

/** A memory that may grow to `MAX_PAGES`, or to what a browser with less to give lets it. */
function reserve(shared: boolean): WebAssembly.Memory {
  for (let maximum: number = MAX_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum, shared });
    } catch (error) {
      if (maximum / 2 < LEAST_PAGES) throw error;
    }
  }
}

/** What a thread that starts resolves to; undefined for one that fails or takes too long, which is done without. */
async function soon(thread: Promise<Thread> | undefined): Promise<Thread | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([thread, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
