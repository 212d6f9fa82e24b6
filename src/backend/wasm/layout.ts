/**
 * Where things stand in memory below the heap: how the threads agree on a job, what the job is, its arguments. Words that threads
 * wait on are in cache lines of their own.
 */
export const LAYOUT = {
  /** Counts jobs; sleeping threads wait on it. */
  job: 64,
  /** Ranges of the job that nobody has taken; taking one is counting it down. */
  untaken: 128,
  /** Ranges that are done; whoever gave the job waits on it. */
  done: 192,
  /** Not 0: threads end. */
  stop: 256,
  /** Entry of the kernel in the table. */
  kernel: 260,
  /** Number of ranges. */
  ranges: 264,
  /** Number of items, and of items in a range. */
  items: 268,
  grain: 272,
  /** Scratch memory of the first thread, and bytes to that of the next. */
  scratch: 276,
  scratchStep: 280,
  arguments: 320,
  /** First address of the heap. */
  heap: 1024,
} as const;

export const PAGE = 65_536;
/** 2 GiB. */
export const MAX_PAGES = 32_768;
