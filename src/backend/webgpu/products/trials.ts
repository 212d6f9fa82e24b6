import { packParams } from '../layout';
import type { PipelineCache } from '../pipeline-cache';
import { productKernel } from './product-kernel';
import type { Product, Trial } from './product';
import { tileOf, type Variant } from './variant';

/** A run of this many milliseconds is long enough to compare variants by. */
const RUN_MS = 8;
const MOST_REPEATS = 64;

/** Tries variants on the device, apart from its queue. */
export class Trials {
  readonly #device: GPUDevice;
  readonly #pipelines: PipelineCache;

  constructor(device: GPUDevice, pipelines: PipelineCache) {
    this.#device = device;
    this.#pipelines = pipelines;
  }

  /** Starts compiling the variant. */
  async compile(product: Product, variant: Variant): Promise<void> {
    // The module is created at once; without the scope its errors would count as errors of the page.
    this.#device.pushErrorScope('validation');
    const compiled = this.#pipelines.get(productKernel(product, variant));
    await this.#device.popErrorScope();
    await compiled;
  }

  /**
   * Returns true if the variant compiles and gives the right numbers for a small problem with a whole tile, and a ragged one in
   * every dimension.
   */
  async isRight(product: Product, variant: Variant): Promise<boolean> {
    try {
      await this.compile(product, variant);
    } catch {
      return false;
    }
    const [tileRows, tileColumns] = tileOf(variant);
    const rows = variant.machine === 'few rows' ? product.rows : tileRows + 5;
    const trial = product.trial(rows, tileColumns + 9, variant.machine === 'few rows' ? 4 * 37 + 1 : 45);
    const { values, errors } = trial.expected();
    const { buffers, run, destroy } = await this.#prepare(product, variant, trial);
    try {
      const out = buffers[trial.out];
      if (!out) return false;
      this.#device.pushErrorScope('validation');
      run(1);
      const invalid = await this.#device.popErrorScope();
      const actual = await this.#read(out, 4 * values.length);
      return !invalid && values.every((value, i) => Math.abs((actual[i] ?? NaN) - value) <= (errors[i] ?? 0));
    } finally {
      destroy();
    }
  }

  /** Measures the rate of a right variant in multiply-adds per millisecond, on a problem of typical size, until the deadline. */
  async rate(
    product: Product,
    variant: Variant,
    [rows, columns, inner]: readonly [number, number, number],
    deadline: number,
  ): Promise<number> {
    const trial = product.trial(rows, columns, inner);
    const work = trial.rows * trial.columns * inner;
    const { run, destroy } = await this.#prepare(product, variant, trial);
    const time = async (repeats: number): Promise<number> => {
      const start = performance.now();
      run(repeats);
      await this.#device.queue.onSubmittedWorkDone();
      return (performance.now() - start) / repeats;
    };
    try {
      await this.#device.queue.onSubmittedWorkDone();
      let best = await time(1);
      const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.round(RUN_MS / best)));
      for (let i = 0; i < 3 && performance.now() < deadline; i++) best = Math.min(best, await time(repeats));
      return work / best;
    } finally {
      destroy();
    }
  }

  async #prepare(product: Product, variant: Variant, trial: Trial) {
    const kernel = productKernel(product, variant);
    const { pipeline, bindings } = await this.#pipelines.get(kernel);
    const device = this.#device;
    const make = (label: string, usage: number, bytes: Uint8Array<ArrayBuffer>): GPUBuffer => {
      const size = Math.ceil(bytes.byteLength / 16) * 16;
      const buffer = device.createBuffer({ label, size, usage: usage | GPUBufferUsage.COPY_DST });
      device.queue.writeBuffer(buffer, 0, bytes);
      return buffer;
    };
    const buffers = Object.fromEntries(
      Object.entries(trial.data).map(([name, bytes]) => [
        name,
        make(`trial ${name}`, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC, bytes),
      ]),
    );
    const params = new DataView(
      new ArrayBuffer(Math.max(16, 16 * Math.ceil(kernel.layout.params.length / 4))),
    );
    const range = { first_row: 0, end_row: trial.rows, first_column: 0, end_column: trial.columns };
    packParams(kernel.name, kernel.layout.params, { ...trial.params, ...range }, params, 0);
    const uniform = make('trial parameters', GPUBufferUsage.UNIFORM, new Uint8Array(params.buffer));
    const entries = kernel.layout.bindings.map(({ name, index, type }) => {
      const buffer = type === 'uniform' ? uniform : buffers[name];
      if (!buffer) throw new Error(`${kernel.name}: nothing to try with at ${name}`);
      return {
        binding: index,
        resource: { buffer, size: type === 'uniform' ? params.byteLength : buffer.size },
      };
    });
    const group = device.createBindGroup({ layout: bindings, entries });
    const [tileRows, tileColumns] = tileOf(variant);
    const groups = [Math.ceil(trial.columns / tileColumns), Math.ceil(trial.rows / tileRows)] as const;
    return {
      buffers,
      run: (repeats: number): void => {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group, [0]);
        for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(groups[0], groups[1]);
        pass.end();
        device.queue.submit([encoder.finish()]);
      },
      destroy: (): void => {
        for (const buffer of [uniform, ...Object.values(buffers)]) buffer.destroy();
      },
    };
  }

  async #read(buffer: GPUBuffer, size: number): Promise<Float32Array> {
    const staging = this.#device.createBuffer({
      label: 'trial result',
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    try {
      const encoder = this.#device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  }
}
