import { BackendError } from '../errors';
import { BindGroups } from './bind-groups';
import type { BufferPool } from './buffer-pool';
import type { Dispatch } from './dispatch';
import { packParams } from './layout';
import type { Pipeline, PipelineCache } from './pipeline-cache';
import type { Profiler } from './profiler';
import { now } from '../../now';

type Command =
  | {
      readonly kind: 'run';
      /** Resolves to the dispatches with their pipelines; called when they are about to be submitted. */
      readonly ready: () => Promise<readonly ReadyDispatch[]>;
      readonly dispatches: number;
      /** The dispatches are repeated in turn. */
      readonly times: number;
      readonly work: number;
    }
  | {
      readonly kind: 'copy';
      source: GPUBuffer;
      sourceOffset: number;
      target: GPUBuffer;
      targetOffset: number;
      bytes: number;
    }
  | { readonly kind: 'clear'; buffer: GPUBuffer }
  | { readonly kind: 'write'; buffer: GPUBuffer; data: ArrayBufferView<ArrayBuffer> }
  | { readonly kind: 'release'; buffer: GPUBuffer };

interface ReadyDispatch {
  readonly dispatch: Dispatch;
  readonly pipeline: Pipeline;
}

/** Target GPU time of one submission, because browsers reset devices that seem to hang. */
const TARGET_MS = 60;
const MAX_DISPATCHES = 256;
/** Commands held before they are submitted, including copies and released buffers, which keep their memory until then. */
const MAX_COMMANDS = 1024;
const MAX_IN_FLIGHT = 2;

/**
 * Collects commands and submits them to the device in order, in submissions of limited GPU time. Until then commands are plain data,
 * so that operations need not wait for a pipeline to compile.
 */
export class CommandQueue {
  readonly #device: GPUDevice;
  readonly #pipelines: PipelineCache;
  readonly #buffers: BufferPool;
  readonly #uniforms: GPUBuffer;
  readonly #bindGroups: BindGroups;
  readonly #alignment: number;
  #profile: Profiler | undefined;
  #commands: Command[] = [];
  #pendingWork = 0;
  #pendingDispatches = 0;
  #tail: Promise<void> = Promise.resolve();
  #inFlight: Promise<void>[] = [];
  #failure: Error | undefined;
  /** Estimated multiply-adds per millisecond: a default until the first submissions have been timed. */
  #rate: number;

  constructor(device: GPUDevice, pipelines: PipelineCache, buffers: BufferPool, software: boolean) {
    this.#device = device;
    this.#pipelines = pipelines;
    this.#buffers = buffers;
    this.#alignment = Math.max(256, device.limits.minUniformBufferOffsetAlignment);
    this.#uniforms = device.createBuffer({
      label: 'kernel parameters',
      size: this.#alignment * MAX_DISPATCHES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.#bindGroups = new BindGroups(device, this.#uniforms);
    this.#rate = software ? 3e5 : 5e7;
  }

  /** Most multiply-adds for one dispatch; larger operations must be split. */
  get workLimit(): number {
    return this.#rate * TARGET_MS;
  }

  /** Bytes of the queue's buffers. */
  get overheadBytes(): number {
    return this.#uniforms.size;
  }

  /** Enqueues dispatches in turn, `times` times over. They are submitted together, so that their work must be limited. */
  run(dispatches: readonly Dispatch[], times = 1): void {
    const pipelines = Promise.all(dispatches.map((each) => this.#pipelines.get(each.kernel, each.constants)));
    // The submission reports a failure.
    pipelines.catch(() => {});
    const work = times * dispatches.reduce((sum, dispatch) => sum + dispatch.work, 0);
    this.#pushRun(dispatches.length, times, work, async () => {
      const ready = await pipelines;
      return dispatches.flatMap((dispatch, i) => {
        const pipeline = ready[i];
        return pipeline ? [{ dispatch, pipeline }] : [];
      });
    });
  }

  /** Enqueues a dispatch whose kernel is chosen when it is about to be submitted, as `choose` may try kernels on the idle device. */
  runChosen(work: number, choose: () => Promise<Dispatch>): void {
    this.#pushRun(1, 1, work, async () => {
      const dispatch = await choose();
      return [{ dispatch, pipeline: await this.#pipelines.get(dispatch.kernel, dispatch.constants) }];
    });
  }

  #pushRun(
    dispatches: number,
    times: number,
    work: number,
    ready: () => Promise<readonly ReadyDispatch[]>,
  ): void {
    this.#push({ kind: 'run', ready, dispatches, times, work });
    this.#pendingWork += work;
    this.#pendingDispatches += dispatches;
    const many = this.#pendingDispatches >= MAX_DISPATCHES || this.#commands.length >= MAX_COMMANDS;
    if (this.#pendingWork >= this.workLimit || many) void this.flush();
  }

  copy(
    source: GPUBuffer,
    sourceOffset: number,
    target: GPUBuffer,
    targetOffset: number,
    bytes: number,
  ): void {
    this.#push({ kind: 'copy', source, sourceOffset, target, targetOffset, bytes });
  }

  clear(buffer: GPUBuffer): void {
    this.#push({ kind: 'clear', buffer });
  }

  write(buffer: GPUBuffer, data: ArrayBufferView<ArrayBuffer>): void {
    this.#push({ kind: 'write', buffer, data });
  }

  /** Recycles a buffer when all commands enqueued before have been submitted. */
  release(buffer: GPUBuffer): void {
    this.#push({ kind: 'release', buffer });
  }

  /** Submits all commands. Does not throw: a failure is kept for `check`. */
  async flush(): Promise<void> {
    const commands = this.#commands;
    this.#commands = [];
    this.#pendingWork = 0;
    this.#pendingDispatches = 0;
    if (commands.length > 0) {
      this.#tail = this.#tail
        .then(() => this.#submitAll(commands))
        .catch((error: unknown) => this.fail(asBackendError(error)));
    }
    await this.#tail;
  }

  /** Submits all commands and waits until at most one submission is unfinished. @throws as `check`. */
  async settle(): Promise<void> {
    await this.flush();
    while (this.#inFlight.length > 1) await this.#inFlight[0];
    this.check();
  }

  /** Keeps the first failure. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** @throws the first failure, from then on. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** True if every dispatch is timed. */
  get profiling(): boolean {
    return this.#profile !== undefined;
  }

  set profile(profile: Profiler | undefined) {
    this.#profile = profile;
  }

  destroy(): void {
    this.#commands = [];
    this.#uniforms.destroy();
  }

  #push(command: Command): void {
    this.#commands.push(command);
  }

  async #submitAll(commands: readonly Command[]): Promise<void> {
    for (let start = 0; start < commands.length;) {
      const { end, work } = this.#fitting(commands, start);
      await this.#submit(commands.slice(start, end), work);
      start = end;
    }
  }

  /** Returns where the commands end that are submitted together from `start` on, and their work. */
  #fitting(commands: readonly Command[], start: number): { end: number; work: number } {
    let end = start;
    let work = 0;
    let dispatches = 0;
    for (; end < commands.length; end++) {
      const command = commands[end];
      if (command?.kind === 'write' && end > start) break;
      if (command?.kind === 'run') {
        const over = work > 0 && work + command.work > this.workLimit;
        if (over || dispatches + command.dispatches > MAX_DISPATCHES) break;
        work += command.work;
        dispatches += command.dispatches;
      }
    }
    return { end, work };
  }

  async #submit(commands: readonly Command[], work: number): Promise<void> {
    const ready = await Promise.all(
      commands.map((command) => (command.kind === 'run' ? command.ready() : undefined)),
    );
    while (this.#inFlight.length >= MAX_IN_FLIGHT) await this.#inFlight[0];
    const slots = commands.reduce((sum, each) => sum + (each.kind === 'run' ? each.dispatches : 0), 0);
    const params = new DataView(new ArrayBuffer(this.#alignment * slots));
    const encoder = this.#device.createCommandEncoder();
    const released: GPUBuffer[] = [];
    let slot = 0;
    let pass: GPUComputePassEncoder | undefined;
    const endPass = (): void => {
      pass?.end();
      pass = undefined;
    };
    for (const [i, command] of commands.entries()) {
      if (command.kind === 'run') {
        const calls = (ready[i] ?? []).map(({ dispatch, pipeline }) => {
          const { name, layout } = dispatch.kernel;
          const offset = slot++ * this.#alignment;
          packParams(name, layout.params, dispatch.params, params, offset);
          const group = this.#bindGroups.of(dispatch, pipeline);
          return { dispatch, pipeline: pipeline.pipeline, group, offset };
        });
        for (let time = 0; time < command.times; time++) {
          for (const { dispatch, pipeline, group, offset } of calls) {
            if (this.#profile) endPass();
            pass ??= encoder.beginComputePass(this.#profile?.pass(dispatch) ?? {});
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, group, [offset]);
            pass.dispatchWorkgroups(dispatch.groups[0], dispatch.groups[1]);
          }
        }
        continue;
      }
      endPass();
      if (command.kind === 'copy')
        encoder.copyBufferToBuffer(
          command.source,
          command.sourceOffset,
          command.target,
          command.targetOffset,
          command.bytes,
        );
      else if (command.kind === 'clear') encoder.clearBuffer(command.buffer);
      else if (command.kind === 'write') this.#device.queue.writeBuffer(command.buffer, 0, command.data);
      else released.push(command.buffer);
    }
    endPass();
    this.#profile?.resolve(encoder);
    if (slot > 0) this.#device.queue.writeBuffer(this.#uniforms, 0, params.buffer, 0, slot * this.#alignment);
    this.#device.queue.submit([encoder.finish()]);
    for (const buffer of released) this.#buffers.recycle(buffer);
    this.#watch(work);
    await this.#profile?.collect();
  }

  #watch(work: number): void {
    const idle = this.#inFlight.length === 0;
    const start = now();
    const done: Promise<void> = this.#device.queue.onSubmittedWorkDone().then(
      () => this.#finished(done, idle ? work / (now() - start) : 0),
      () => this.#finished(done, 0),
    );
    this.#inFlight.push(done);
  }

  #finished(done: Promise<void>, rate: number): void {
    this.#inFlight = this.#inFlight.filter((other) => other !== done);
    // Only submissions to an idle GPU measure its speed. Waiting costs up to some milliseconds for any amount of work, so that
    // small submissions seem slow; the estimate therefore rises by at most a quarter at a time.
    if (rate > 0) this.#rate = Math.max(1e5, Math.min(this.#rate * 1.25, this.#rate * 0.7 + rate * 0.3));
  }
}

/** Returns a BackendError for anything that a device throws. */
export const asBackendError = (error: unknown): BackendError =>
  error instanceof BackendError
    ? error
    : new BackendError(
        `the GPU refused a command (${error instanceof Error ? error.message : String(error)}): try again, or use the CPU backend`,
        { cause: error },
      );
