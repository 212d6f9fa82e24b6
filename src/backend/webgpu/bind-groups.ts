import type { Dispatch } from './dispatch';
import type { Pipeline } from './pipeline-cache';

/** More than the different calls of a training step of a small model. */
const MOST = 2048;

/** Caches bind groups, because creating one costs as much as the rest of a dispatch and buffers recur from step to step. */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #uniforms: GPUBuffer;
  readonly #made = new Map<string, GPUBindGroup>();
  readonly #ids = new WeakMap<object, number>();
  #nextId = 0;

  /** @param uniforms buffer of kernel parameters; a dispatch passes its offset when it sets the group. */
  constructor(device: GPUDevice, uniforms: GPUBuffer) {
    this.#device = device;
    this.#uniforms = uniforms;
  }

  /** Returns the group that binds a dispatch's buffers. @throws Error if a binding has no buffer. */
  of({ kernel, buffers }: Dispatch, { bindings }: Pipeline): GPUBindGroup {
    const bound = kernel.layout.bindings.map(({ name, index, type }) => {
      const buffer = type === 'uniform' ? this.#uniforms : buffers[name];
      if (!buffer) throw new Error(`${kernel.name}: nothing bound to ${name}`);
      return { index, buffer, isUniform: type === 'uniform' };
    });
    const key = [bindings, ...bound.map(({ buffer }) => buffer)].map((each) => this.#id(each)).join(' ');
    const known = this.#made.get(key);
    if (known) return known;
    if (this.#made.size >= MOST) this.#made.clear();
    const size = Math.max(16, 4 * Math.ceil(kernel.layout.params.length / 4) * 4);
    const entries = bound.map(({ index, buffer, isUniform }) => ({
      binding: index,
      resource: isUniform ? { buffer, size } : { buffer },
    }));
    const made = this.#device.createBindGroup({ layout: bindings, entries });
    this.#made.set(key, made);
    return made;
  }

  #id(object: object): number {
    let id = this.#ids.get(object);
    if (id === undefined) this.#ids.set(object, (id = this.#nextId++));
    return id;
  }
}
