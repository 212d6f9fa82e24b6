import type { Dispatch } from './dispatch';

export interface KernelTime {
  readonly milliseconds: number;
  readonly dispatches: number;
}

const CAPACITY = 256;

/** Times every dispatch with timestamp queries (feature `timestamp-query`) and sums the times by kernel. */
export class Profiler {
  readonly #set: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;
  readonly #times = new Map<string, { milliseconds: number; dispatches: number }>();
  #names: string[] = [];

  constructor(device: GPUDevice) {
    this.#set = device.createQuerySet({ label: 'profile', type: 'timestamp', count: 2 * CAPACITY });
    const size = 2 * CAPACITY * 8;
    this.#resolved = device.createBuffer({
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.#staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  }

  get times(): ReadonlyMap<string, KernelTime> {
    return this.#times;
  }

  /** Returns the descriptor of a pass for this dispatch alone. */
  pass(dispatch: Dispatch): GPUComputePassDescriptor {
    const at = 2 * this.#names.length;
    this.#names.push(dispatch.kernel.name);
    return {
      timestampWrites: { querySet: this.#set, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 },
    };
  }

  resolve(encoder: GPUCommandEncoder): void {
    if (this.#names.length === 0) return;
    encoder.resolveQuerySet(this.#set, 0, 2 * this.#names.length, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 16 * this.#names.length);
  }

  /** Waits for the last submission and adds its times. */
  async collect(): Promise<void> {
    const names = this.#names;
    this.#names = [];
    if (names.length === 0) return;
    await this.#staging.mapAsync(GPUMapMode.READ, 0, 16 * names.length);
    const stamps = new BigUint64Array(this.#staging.getMappedRange(0, 16 * names.length).slice(0));
    this.#staging.unmap();
    for (const [i, name] of names.entries()) {
      const time = this.#times.get(name) ?? { milliseconds: 0, dispatches: 0 };
      time.milliseconds += Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n)) / 1e6;
      time.dispatches++;
      this.#times.set(name, time);
    }
  }

  destroy(): void {
    this.#set.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}
