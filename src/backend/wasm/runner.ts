import { DeviceLostError } from '../errors';
import { KernelLedger } from '../kernel-ledger';
import type { Tensor } from '../operations';
import { elements } from '../shape';
import { Heap } from './heap';
import { SLOT, type Params } from './kernels/kernel';
import { LAYOUT, MAX_PAGES } from './layout';
import { type Kernels, type KernelModule, assemble } from './kernel-module';
import { hasRelaxedSimd } from './relaxed-simd';
import { Store } from './store';
import { type Thread, type Threading, canUseThreads } from './threads';
import { now } from '../../now';

const INITIAL_PAGES = 64;
/** 256 MiB: the smallest maximum to try, because few models fit into less. */
const MIN_RESERVED_PAGES = 4096;
/** Least nanoseconds of work in a range: several times the cost of claiming one. */
const MIN_RANGE_NS = 20_000;
/** Several ranges per thread, so that the others take over the work of a delayed thread. */
export const RANGES_PER_THREAD = 4;
const START_TIMEOUT_MS = 5000;
/** Many times what a range of the largest kernel takes on a slow machine. */
const PATIENCE_S = 30;

/** How the items of a kernel are split into ranges. */
interface WorkSplit {
  readonly items: number;
  /** Rough time per item. */
  readonly nanoseconds: number;
  /** Ranges start at multiples of this. Default 1. */
  readonly multiple?: number;
  /** Items per range, for results that must not depend on the number of threads. */
  readonly grain?: number;
  /** Bytes of scratch memory per thread, given the items per range. */
  readonly scratch?: (grain: number) => number;
}

type Values<N extends keyof Kernels> = {
  readonly [P in keyof Kernels[N]['params']]: number;
};

/** Modules by what they use, because assembling one takes longer than compiling it. */
const modules = new Map<string, KernelModule>();

function assembled(shared: boolean, relaxed: boolean): KernelModule {
  const key = `${shared} ${relaxed}`;
  const module = modules.get(key) ?? assemble(INITIAL_PAGES, shared, relaxed);
  modules.set(key, module);
  return module;
}

/** Owns the tensors of one WebAssembly memory and runs kernels on them. It is the first argument of every operation. */
export class Runner extends Store {
  readonly kernelModule: KernelModule;
  /** Number of computing threads, including this one. */
  readonly threads: number;
  readonly #otherThreads: readonly Thread[];
  /** Number of threads that need scratch memory, including those that did not start in time and may still start. */
  readonly #scratchSlots: number;
  readonly #run: (ranges: number) => number;
  /** True once a kernel was given up: a thread may still write to the memory at any time. */
  #lost = false;
  /** Adds up the times of kernels while they are timed. */
  ledger: KernelLedger | undefined;

  private constructor(
    kernelModule: KernelModule,
    heap: Heap,
    instance: WebAssembly.Instance,
    otherThreads: readonly Thread[],
    scratchSlots: number,
  ) {
    super(heap);
    this.kernelModule = kernelModule;
    this.threads = otherThreads.length + 1;
    this.#otherThreads = otherThreads;
    this.#scratchSlots = scratchSlots;
    this.#run = instance.exports['run'] as (ranges: number) => number;
  }

  /** @throws WebAssembly.CompileError without SIMD support, or with `relaxedSimd` where there is none. */
  static async open(threading?: Threading, relaxedSimd = hasRelaxedSimd()): Promise<Runner> {
    const wanted = threading && threading.count > 1 && canUseThreads() ? threading : undefined;
    const shared = wanted !== undefined;
    const kernelModule = assembled(shared, relaxedSimd);
    const module = await WebAssembly.compile(kernelModule.bytes);
    const memory = createMemory(shared);
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    const scratchSlots = wanted?.count ?? 1;
    const started = await Promise.all(
      Array.from({ length: scratchSlots - 1 }, (_, i) =>
        withStartTimeout(wanted?.spawn(module, memory, i + 1)),
      ),
    );
    const otherThreads = started.filter((thread) => thread !== undefined);
    const runner = new Runner(kernelModule, new Heap(memory), instance, otherThreads, scratchSlots);
    runner.heap.words[LAYOUT.patience / 4] = wanted?.patience ?? PATIENCE_S;
    return runner;
  }

  /** Number of threads that have slept since they found no work for some tens of microseconds. */
  get sleepingThreads(): number {
    return Atomics.load(this.heap.words, LAYOUT.asleep / 4);
  }

  override dispose(): void {
    super.dispose();
    const { words } = this.heap;
    words[LAYOUT.stop / 4] = 1;
    if (this.#otherThreads.length > 0) Atomics.notify(words, LAYOUT.launches / 4);
    for (const thread of this.#otherThreads) thread.terminate();
  }

  /** Calls `work` with the addresses of the tensors' numbers as f32. Packed tensors are unpacked into temporary copies. */
  withF32<R>(tensors: readonly Tensor[], work: (...at: number[]) => R): R {
    const made: number[] = [];
    try {
      const addresses = tensors.map((tensor) => {
        const { at, dtype, shape, label } = this.own(tensor);
        if (dtype === 'f32' || dtype === 'u32') return at;
        const items = elements(shape);
        const out = this.heap.allocate(4 * items, `${label} as f32`);
        made.push(out);
        const split = { items, nanoseconds: 0.3, multiple: 4 };
        this.run(dtype === 'bf16' ? 'unpackBf16' : 'unpackF16', { x: at, out }, split);
        return out;
      });
      return work(...addresses);
    } finally {
      for (const at of made) this.heap.free(at);
    }
  }

  /** Runs a kernel on all threads and blocks until it is done. @throws DeviceLostError if another thread died meanwhile. */
  run<N extends keyof Kernels>(name: N, values: Values<N>, split: WorkSplit): void {
    this.check();
    if (this.#lost) throw threadLost(name);
    const { items } = split;
    const grain = split.grain ?? this.#grain(split);
    const ranges = Math.ceil(items / grain);
    const step = Math.ceil((split.scratch?.(grain) ?? 0) / 64) * 64;
    const start = (scratch: number): void => {
      this.#writeArguments(name, values);
      const { words } = this.heap;
      words[LAYOUT.kernel / 4] = this.kernelModule.tableIndices[name];
      words[LAYOUT.ranges / 4] = ranges;
      words[LAYOUT.items / 4] = items;
      words[LAYOUT.grain / 4] = grain;
      words[LAYOUT.scratch / 4] = scratch;
      words[LAYOUT.scratchStep / 4] = step;
      Atomics.store(words, LAYOUT.done / 4, 0);
      Atomics.store(words, LAYOUT.unclaimed / 4, ranges);
      if (ranges > 1 && this.threads > 1) {
        Atomics.add(words, LAYOUT.launches / 4, 1);
        if (this.sleepingThreads > 0) Atomics.notify(words, LAYOUT.launches / 4);
      }
      const started = this.ledger && now();
      this.#lost = this.#run(ranges) !== 0;
      if (this.#lost) throw threadLost(name);
      if (started !== undefined) this.ledger?.add(name, now() - started);
    };
    if (step === 0) start(0);
    else this.temporary(step * this.#scratchSlots, `${name} scratch`, start);
  }

  #grain({ items, nanoseconds, multiple = 1 }: WorkSplit): number {
    const worthwhile = MIN_RANGE_NS / nanoseconds;
    const even = items / (this.threads * RANGES_PER_THREAD);
    const grain = this.threads === 1 ? items : Math.max(worthwhile, even);
    return Math.max(multiple, Math.ceil(grain / multiple) * multiple);
  }

  #writeArguments<N extends keyof Kernels>(name: N, values: Values<N>): void {
    const { params } = this.kernelModule.kernels[name];
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

const threadLost = (kernel: string): DeviceLostError =>
  new DeviceLostError(
    `${kernel}: expected all threads of the CPU backend to do their part, got none from one that died or hangs: its tensors are gone and must be read from the files again`,
  );

/** Creates a memory with the maximum `MAX_PAGES`, or half of it, a quarter …, whichever the browser allows first. */
function createMemory(shared: boolean): WebAssembly.Memory {
  for (let maximum: number = MAX_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    } catch (error) {
      if (maximum / 2 < MIN_RESERVED_PAGES) throw error;
    }
  }
}

/** Resolves to the started thread, or to undefined if it fails or takes too long; the backend then works without it. */
async function withStartTimeout(thread: Promise<Thread> | undefined): Promise<Thread | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), START_TIMEOUT_MS);
  });
  try {
    return await Promise.race([thread, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
