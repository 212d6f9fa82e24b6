import { BackendError } from '../errors';
import type { Kernel } from './kernels';

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroupLayout;
}

/** Compiles pipelines in the background and caches them by source text and constants. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #made = new Map<string, Promise<Pipeline>>();
  readonly #layouts = new Map<Kernel, { bindings: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  readonly #modules = new Map<string, GPUShaderModule>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Returns the compiled kernel. Calls during its compilation share it. */
  get(kernel: Kernel, constants: Readonly<Record<string, number>> = {}): Promise<Pipeline> {
    const key = `${JSON.stringify(constants)}\n${kernel.source}`;
    let promise = this.#made.get(key);
    if (!promise) {
      promise = this.#compile(kernel, constants);
      // The user of the pipeline reports a failure. It is not kept, because the next attempt may find more memory.
      promise.catch(() => this.#made.delete(key));
      this.#made.set(key, promise);
    }
    return promise;
  }

  async #compile(kernel: Kernel, constants: Readonly<Record<string, number>>): Promise<Pipeline> {
    const { name, source } = kernel;
    const layout = this.#layout(kernel);
    let module = this.#modules.get(source);
    if (!module) {
      module = this.#device.createShaderModule({ label: name, code: source });
      this.#modules.set(source, module);
    }
    try {
      const pipeline = await this.#device.createComputePipelineAsync({
        label: name,
        layout: layout.pipeline,
        compute: { module, constants: { ...constants } },
      });
      return { pipeline, bindings: layout.bindings };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const lines = source.split('\n');
      const details = messages
        .filter((message) => message.type === 'error')
        .map(
          (m) =>
            `\n  ${name}.wgsl:${m.lineNum}:${m.linePos} ${m.message}\n    ${lines[m.lineNum - 1]?.trim() ?? ''}`,
        );
      throw new BackendError(
        `kernel ${name} did not compile: ${String(error)}${details.join('')}\nUpdate the browser or driver, or use the CPU backend`,
      );
    }
  }

  #layout(kernel: Kernel): { bindings: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
    const { name, layout } = kernel;
    let made = this.#layouts.get(kernel);
    if (!made) {
      const bindings = this.#device.createBindGroupLayout({
        label: name,
        entries: layout.bindings.map(({ index, type }) => ({
          binding: index,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type, hasDynamicOffset: type === 'uniform' },
        })),
      });
      made = {
        bindings,
        pipeline: this.#device.createPipelineLayout({ label: name, bindGroupLayouts: [bindings] }),
      };
      this.#layouts.set(kernel, made);
    }
    return made;
  }
}
