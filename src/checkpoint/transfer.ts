import { now } from '../now';

/** What is on its way from the network now. */
export interface TransferState {
  /** Bytes that have come, and bytes asked for, since the network was last idle. */
  readonly received: number;
  readonly wanted: number;
  /** Over the last few seconds; 0 until something has come. */
  readonly bytesPerSecond: number;
  /** Milliseconds that a server has asked to wait before it is asked again. */
  readonly waitMs?: number;
}

/** One request's part in a transfer. */
interface Load {
  arrive(bytes: number): void;
  /** Takes back what has come, because it is asked for again. */
  restart(): void;
  wait(milliseconds: number): void;
  /** Ends it, complete or not. */
  end(): void;
}

/** Reads that follow each other sooner than this count as one transfer. */
const IDLE_MS = 1000;
const RATE_MS = 3000;
const NOTIFY_MS = 100;

/** Counts the bytes that are read from the network, for progress. */
export class Transfer {
  readonly #listeners = new Set<(state: TransferState) => void>();
  readonly #now: () => number;
  #open = 0;
  #received = 0;
  #wanted = 0;
  #waitMs: number | undefined;
  #idleSince = 0;
  #notified = 0;
  /** Bytes that had come in all, by time. */
  #samples: { readonly at: number; readonly total: number }[] = [];
  #total = 0;

  /** @param clock the time in milliseconds. */
  constructor(clock: () => number = now) {
    this.#now = clock;
  }

  get state(): TransferState {
    return {
      received: this.#received,
      wanted: this.#wanted,
      bytesPerSecond: this.#rate(),
      ...(this.#waitMs === undefined ? {} : { waitMs: this.#waitMs }),
    };
  }

  /** Calls `listener` while bytes come, ten times a second at most. @returns a function that ends it. */
  follow(listener: (state: TransferState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  begin(bytes: number): Load {
    const now = this.#now();
    if (this.#open === 0 && now - this.#idleSince > IDLE_MS) {
      this.#received = 0;
      this.#wanted = 0;
      this.#samples = [{ at: now, total: this.#total }];
    }
    this.#open++;
    this.#wanted += bytes;
    let came = 0;
    return {
      arrive: (more) => {
        came += more;
        this.#received += more;
        this.#total += more;
        this.#waitMs = undefined;
        this.#notify();
      },
      restart: () => {
        this.#received -= came;
        came = 0;
      },
      wait: (milliseconds) => {
        this.#waitMs = milliseconds;
        this.#notified = 0;
        this.#notify();
      },
      end: () => {
        this.#wanted -= bytes - came;
        this.#open--;
        this.#idleSince = this.#now();
      },
    };
  }

  #rate(): number {
    const now = this.#now();
    const from = this.#samples[0];
    if (from === undefined || now <= from.at) return 0;
    return ((this.#total - from.total) / (now - from.at)) * 1000;
  }

  #notify(): void {
    const now = this.#now();
    if (now - this.#notified < NOTIFY_MS) return;
    this.#notified = now;
    this.#samples.push({ at: now, total: this.#total });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) > RATE_MS) this.#samples.shift();
    for (const listener of this.#listeners) listener(this.state);
  }
}
