import type { Kernel } from '../kernels';
import { packParams } from '../layout';
import type { PipelineCache } from '../pipeline-cache';
import { productKernel } from './product-kernel';
import type { Product, Trial } from './product';
import { tileOf, type Variant } from './variant';
import { now } from '../../../now';

/** Runs of this many milliseconds are long enough to compare variants by. */
const RUN_MS = 5;
const MOST_REPEATS = 64;
/** Shorter times are not told apart. */
const RESOLUTION_MS = 1e-3;

/** Tries variants on the device, apart from its queue. */
export class Trials {
  readonly #device: GPUDevice;
  readonly #pipelines: PipelineCache;

  constructor(device: GPUDevice, pipelines: PipelineCache) {
    this.#device = device;
    this.#pipelines = pipelines;
  }

  /** Resolves to false if the variant does not compile. */
  async compiles(product: Product, variant: Variant): Promise<boolean> {
    // The module is created at once; without the scope its errors would count as errors of the page.
    this.#device.pushErrorScope('validation');
    const compiled = this.#pipelines.get(productKernel(product, variant)).then(
      () => true,
      () => false,
    );
    await this.#device.popErrorScope();
    return compiled;
  }

  /**
   * Returns true if the variant compiles and gives the right numbers for a small problem with a whole tile, and a ragged one in
   * every dimension.
   */
  async isRight(product: Product, variant: Variant): Promise<boolean> {
    if (!(await this.compiles(product, variant))) return false;
    const [tileRows, tileColumns] = tileOf(variant);
    const few = variant.machine === 'few rows';
    const trial = product.trial(few ? product.rows : tileRows + 5, tileColumns + 9, few ? 149 : 21);
    const { values, errors } = trial.expected();
    const bench = new Bench(this.#device, this.#pipelines, product, trial);
    try {
      this.#device.pushErrorScope('validation');
      await bench.run(variant, 1);
      const invalid = await this.#device.popErrorScope();
      const actual = await bench.read(4 * values.length);
      return !invalid && values.every((value, i) => Math.abs((actual[i] ?? NaN) - value) <= (errors[i] ?? 0));
    } finally {
      bench.destroy();
    }
  }

  /** Measures rates of right variants in multiply-adds per millisecond, one after the other, until the deadline. */
  async *rates(
    product: Product,
    variants: readonly Variant[],
    [rows, columns, inner]: readonly [number, number, number],
    deadline: number,
  ): AsyncGenerator<{ readonly variant: Variant; readonly rate: number }> {
    const trial = product.trial(rows, columns, inner);
    const bench = new Bench(this.#device, this.#pipelines, product, trial);
    const time = async (variant: Variant, repeats: number): Promise<number> => {
      const start = now();
      await bench.run(variant, repeats);
      await this.#device.queue.onSubmittedWorkDone();
      return (now() - start) / repeats;
    };
    try {
      await this.#device.queue.onSubmittedWorkDone();
      for (const variant of variants) {
        let best = await time(variant, 1);
        const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.round(RUN_MS / best)));
        for (const end = now() + 2 * RUN_MS; ;) {
          best = Math.min(best, await time(variant, repeats));
          if (now() > end) break;
        }
        yield { variant, rate: (trial.rows * trial.columns * inner) / Math.max(best, RESOLUTION_MS) };
        if (now() > deadline) return;
      }
    } finally {
      bench.destroy();
    }
  }
}

/** The buffers of a trial, and what runs variants on them. */
class Bench {
  readonly #device: GPUDevice;
  readonly #pipelines: PipelineCache;
  readonly #product: Product;
  readonly #trial: Trial;
  readonly #buffers: ReadonlyMap<string, GPUBuffer>;
  #uniform: GPUBuffer | undefined;

  constructor(device: GPUDevice, pipelines: PipelineCache, product: Product, trial: Trial) {
    this.#device = device;
    this.#pipelines = pipelines;
    this.#product = product;
    this.#trial = trial;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    this.#buffers = new Map(
      Object.entries(trial.data).map(([name, bytes]) => [name, this.#buffer(`trial ${name}`, usage, bytes)]),
    );
  }

  /** Submits the variant's dispatch a number of times. */
  async run(variant: Variant, repeats: number): Promise<void> {
    const kernel = productKernel(this.#product, variant);
    const { pipeline, bindings } = await this.#pipelines.get(kernel);
    const uniform = this.#params(kernel);
    const entries = kernel.layout.bindings.map(({ name, index, type }) => {
      const buffer = type === 'uniform' ? uniform : this.#buffers.get(name);
      if (!buffer) throw new Error(`${kernel.name}: nothing to try with at ${name}`);
      return { binding: index, resource: { buffer, size: buffer.size } };
    });
    const group = this.#device.createBindGroup({ layout: bindings, entries });
    const [tileRows, tileColumns] = tileOf(variant);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group, [0]);
    for (let i = 0; i < repeats; i++) {
      const across = Math.ceil(this.#trial.columns / tileColumns);
      pass.dispatchWorkgroups(across, Math.ceil(this.#trial.rows / tileRows));
    }
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  /** Reads the first bytes of the result. */
  async read(size: number): Promise<Float32Array> {
    const out = this.#buffers.get(this.#trial.out);
    if (!out) throw new Error(`nothing to read at ${this.#trial.out}`);
    const staging = this.#device.createBuffer({
      label: 'trial result',
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    try {
      const encoder = this.#device.createCommandEncoder();
      encoder.copyBufferToBuffer(out, 0, staging, 0, size);
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  }

  destroy(): void {
    this.#uniform?.destroy();
    for (const buffer of this.#buffers.values()) buffer.destroy();
  }

  /** All variants of a kernel have the same params. */
  #params({ name, layout }: Kernel): GPUBuffer {
    if (this.#uniform) return this.#uniform;
    const { rows, columns, params } = this.#trial;
    const range = { first_row: 0, end_row: rows, first_column: 0, end_column: columns };
    const view = new DataView(new ArrayBuffer(16 * Math.ceil(layout.params.length / 4)));
    packParams(name, layout.params, { ...params, ...range }, view, 0);
    this.#uniform = this.#buffer('trial parameters', GPUBufferUsage.UNIFORM, new Uint8Array(view.buffer));
    return this.#uniform;
  }

  #buffer(label: string, usage: number, bytes: Uint8Array<ArrayBuffer>): GPUBuffer {
    const size = 16 * Math.ceil(bytes.byteLength / 16);
    const buffer = this.#device.createBuffer({ label, size, usage: usage | GPUBufferUsage.COPY_DST });
    this.#device.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  }
}
