import { acquireDevice } from '../src/backend/webgpu/device';
import { median } from './median';

/** GB/s. Copies count what they read and what they write. */
export interface Bandwidth {
  /** A kernel that copies vectors of four floats. */
  readonly kernel: number;
  /** `copyBufferToBuffer`. */
  readonly buffer: number;
  /** A kernel that only reads. */
  readonly read: number;
  /** Bytes of each of the two buffers. */
  readonly bytes: number;
}

/** What every kernel is held against: the faster way to copy. */
export const copyRate = ({ kernel, buffer }: Bandwidth): number => Math.max(kernel, buffer);

const THREADS = 256;
const COPY = `
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4f>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * ${THREADS}u;
  for (var i = id.x; i < arrayLength(&source); i += stride) { copied[i] = source[i]; }
}`;
// The sum is written only if it is one that zeros cannot have, so that reading is all there is to do, yet must be done.
const READ = `
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4f>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * ${THREADS}u;
  var sum = vec4f();
  for (var i = id.x; i < arrayLength(&source); i += stride) { sum += source[i]; }
  if (sum.x == 1.0) { copied[id.x] = sum; }
}`;

/** Workgroups to try: few with long loops, and many. */
const GROUPS = [1024, 4096, 16_384] as const;
const ROUNDS = 5;
/** Time of a round. */
const RUN_MS = 30;
const MOST_TIMES = 32;

/** Measures memory bandwidth on a device of its own, by timestamps where the adapter has them. */
export async function measureBandwidth(gpu: GPU): Promise<Bandwidth> {
  const { device, info } = await acquireDevice(gpu);
  // More than any cache holds.
  const bytes = Math.min(info.maxTensorBytes, (info.software ? 32 : 512) * 2 ** 20);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [source, target] = [
    device.createBuffer({ size: bytes, usage }),
    device.createBuffer({ size: bytes, usage }),
  ];
  const timer = new Timer(device);
  const kernelTime = async (code: string): Promise<number> => {
    const module = device.createShaderModule({ code });
    const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
    const entries = [source, target].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    const each: number[] = [];
    for (const groups of info.software ? GROUPS.slice(0, 1) : GROUPS) {
      const time = await timer.time((encoder, times) => {
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        for (let i = 0; i < times; i++) pass.dispatchWorkgroups(groups);
        pass.end();
      });
      each.push(time);
    }
    return Math.min(...each);
  };
  const copying = await kernelTime(COPY);
  const reading = await kernelTime(READ);
  const buffers = await timer.time((encoder, times) => {
    for (let i = 0; i < times; i++) encoder.copyBufferToBuffer(source, 0, target, 0, bytes);
  });
  device.destroy();
  return {
    kernel: (2 * bytes) / copying / 1e6,
    read: bytes / reading / 1e6,
    buffer: (2 * bytes) / buffers / 1e6,
    bytes,
  };
}

/** Times commands on the device. */
class Timer {
  readonly #device: GPUDevice;
  readonly #set: GPUQuerySet | undefined;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#set = device.features.has('timestamp-query')
      ? device.createQuerySet({ type: 'timestamp', count: 2 })
      : undefined;
    this.#resolved = device.createBuffer({
      size: 16,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.#staging = device.createBuffer({
      size: 16,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  /** Milliseconds of commands, the median of some rounds. `encode` gives them `times` times, so often that they take some tens of milliseconds. */
  async time(encode: (encoder: GPUCommandEncoder, times: number) => void): Promise<number> {
    await this.#once((encoder) => encode(encoder, 1));
    const single = await this.#once((encoder) => encode(encoder, 1));
    const times = Math.max(1, Math.min(MOST_TIMES, Math.round(RUN_MS / single)));
    const each: number[] = [];
    for (let round = 0; round < ROUNDS; round++)
      each.push((await this.#once((encoder) => encode(encoder, times))) / times);
    return median(each);
  }

  async #once(encode: (encoder: GPUCommandEncoder) => void): Promise<number> {
    const encoder = this.#device.createCommandEncoder();
    // Copies are outside of passes, so that empty passes before and after take the time.
    const stamp = (index: number): void => {
      if (!this.#set) return;
      const timestampWrites = { querySet: this.#set, beginningOfPassWriteIndex: index };
      encoder.beginComputePass({ timestampWrites }).end();
    };
    stamp(0);
    encode(encoder);
    stamp(1);
    const start = performance.now();
    if (this.#set) {
      encoder.resolveQuerySet(this.#set, 0, 2, this.#resolved, 0);
      encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 16);
    }
    this.#device.queue.submit([encoder.finish()]);
    if (!this.#set) {
      await this.#device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    }
    await this.#staging.mapAsync(GPUMapMode.READ);
    const [from = 0n, to = 0n] = new BigUint64Array(this.#staging.getMappedRange());
    const milliseconds = Number(to - from) / 1e6;
    this.#staging.unmap();
    return milliseconds;
  }
}
