import { allocated } from '../allocated';
import { checkRange } from '../range';
import type { ByteSource } from '../source';
import type { KeptFile } from './kept-file';
import { SharedWork } from './shared-work';
import type { Turns } from './turns';

/** Requests begin and end at multiples of this, so that small reads beside each other need one. */
const PAGE_BYTES = 256 * 2 ** 10;
/** Largest request. What has come of a cancelled one is lost, so this is also what reopening may have to read again. */
const REQUEST_BYTES = 4 * 2 ** 20;
/** Requests that are held in memory where nothing can be kept. */
const HELD = 4;

/** A range on its way, or held in memory. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly work: SharedWork<Uint8Array>;
}

/**
 * A file that is far away and kept in part. A read takes what is kept, joins requests under way, and requests the rest, in
 * whole pages, several at a time.
 */
export class HubSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #far: ByteSource;
  readonly #kept: KeptFile | undefined;
  readonly #turns: Turns;
  /** Under way. */
  #runs: Run[] = [];
  /** Those that came last and could not be kept. */
  #held: Run[] = [];

  /** @param turns limits the requests of all files of a model. */
  constructor(far: ByteSource, kept: KeptFile | undefined, turns: Turns) {
    this.name = far.name;
    this.size = far.size;
    this.#far = far;
    this.#kept = kept;
    this.#turns = turns;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    checkRange(this, offset, length);
    await this.#kept?.load();
    const target = allocated(this.name, length);
    const end = offset + length;
    const reading: Promise<void>[] = [];
    for (let at = offset; at < end;) {
      const piece = this.#kept?.pieceAt(at);
      if (piece !== undefined) {
        const bytes = await this.#kept?.read(piece, at, end - at);
        if (bytes !== undefined) target.set(bytes, at - offset);
        at += bytes?.byteLength ?? 0;
        continue;
      }
      const run = this.#runAt(at) ?? this.#request(at, end);
      const stop = Math.min(end, run.end);
      reading.push(copied(run.work.wait(signal), at - run.start, stop - run.start, target, at - offset));
      at = stop;
    }
    for (const result of await Promise.allSettled(reading)) {
      if (result.status === 'rejected') throw result.reason;
    }
    return target;
  }

  #runAt(at: number): Run | undefined {
    return [...this.#runs, ...this.#held].find(
      ({ start, end, work }) => start <= at && at < end && !work.aborted,
    );
  }

  /** Requests whole pages from that of `at` to that of `end`, up to what is kept or on its way. */
  #request(at: number, end: number): Run {
    const start = at - (at % PAGE_BYTES);
    const stop = Math.min(
      Math.ceil(end / PAGE_BYTES) * PAGE_BYTES,
      start + REQUEST_BYTES,
      this.size,
      this.#kept?.nextAfter(at) ?? Infinity,
      ...this.#runs.filter((run) => run.start > at && !run.work.aborted).map((run) => run.start),
    );
    const run: Run = {
      start,
      end: stop,
      work: new SharedWork((signal) => this.#turns.run(() => this.#fetch(run, signal))),
    };
    this.#runs.push(run);
    return run;
  }

  async #fetch(run: Run, signal: AbortSignal): Promise<Uint8Array> {
    try {
      signal.throwIfAborted();
      const bytes = await this.#far.read(run.start, run.end - run.start, signal);
      const kept = (await this.#kept?.write(run.start, bytes as Uint8Array<ArrayBuffer>)) ?? false;
      if (!kept) this.#held = [...this.#held, run].slice(-HELD);
      return bytes;
    } finally {
      this.#runs = this.#runs.filter((each) => each !== run);
    }
  }
}

/** Copies bytes `from … to − 1` of what comes to `at` of the target. */
function copied(
  coming: Promise<Uint8Array>,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): Promise<void> {
  const copy = coming.then((bytes) => target.set(bytes.subarray(from, to), at));
  // It may fail while the reader still waits for another part, which must not count as unhandled.
  copy.catch(() => undefined);
  return copy;
}
