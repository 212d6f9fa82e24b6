/**
 * Byte addresses below the heap: synchronisation of the threads, the current launch (one run of a kernel, split into ranges) and
 * its arguments. Each word that threads wait on has its own cache line.
 */
export const LAYOUT = {
  /** Number of launches so far; idle threads wait on it. */
  launches: 64,
  /** Number of threads that wait on `launches`, or are about to. */
  asleep: 68,
  /** Number of unclaimed ranges; a thread claims one by decrementing it. */
  unclaimed: 128,
  /** Number of finished ranges; the thread that called `run` waits on it. */
  done: 192,
  /** 1: the thread that called `run` waits on `done`, or is about to. */
  waiting: 196,
  /** Not 0: threads return. */
  stop: 256,
  /** Index of the kernel in the function table. */
  kernel: 260,
  /** Number of ranges. */
  ranges: 264,
  /** Number of items of the launch, and per range. */
  items: 268,
  grain: 272,
  /** Address of the first thread's scratch memory, and bytes from one thread's to the next. */
  scratch: 276,
  scratchStep: 280,
  /** Seconds without a finished range after which the thread that called `run` gives the launch up. */
  patience: 284,
  arguments: 320,
  /** First address of the heap. */
  heap: 1024,
} as const;

export const PAGE = 65_536;
/** 2 GiB. */
export const MAX_PAGES = 32_768;
