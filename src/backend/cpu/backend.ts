/**
 * This folder is the reference backend: the operations in plain TypeScript with sums in float64, written to be correct and readable.
 * It imports no other backend. Files listed in `operations` below export operations only, as in the other backends.
 */
import { backendClass } from '../backend-class';
import { EventLoopYielder } from '../event-loop-yielder';
import type { Backend, BackendInfo, Tensor } from '../operations';
import * as attentionGradient from './attention-gradient';
import * as distance from './distance';
import * as gradients from './gradients';
import * as matrix from './matrix';
import * as picture from './picture';
import { MAX_TENSOR_BYTES, Store } from './storage';
import * as training from './training';
import * as transformer from './transformer';
import * as transport from './transport';

const operations = {
  ...matrix,
  ...distance,
  ...transport,
  ...picture,

  ...transformer,
  ...training,
  ...gradients,
  ...attentionGradient,
};

/**
 * The operations in plain TypeScript. Results are stored and summed in float64 and rounded to float32 when read. It is the reference
 * for the other backends, and the fallback without GPU and WebAssembly SIMD. Operations block this thread; `settle` lets it handle
 * messages.
 */
export class CpuBackend extends backendClass<Store>(operations) implements Backend {
  readonly info: BackendInfo = {
    kind: 'cpu',
    description: 'plain TypeScript, float64 accumulation',
    software: false,
    maxTensorBytes: MAX_TENSOR_BYTES,
    limits: {},
    features: [],
  };
  readonly #yielder = new EventLoopYielder();

  constructor() {
    super(new Store());
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const values = this.values(tensor);
    await this.#yielder.yieldIfDue();
    return values;
  }

  /** Like `read`, but synchronous. */
  values(tensor: Tensor): Float32Array {
    return this.store.read(tensor);
  }

  async settle(): Promise<void> {
    this.store.check();
    await this.#yielder.yieldIfDue();
  }

  /** None: operations throw at once. */
  async failure(): Promise<undefined> {
    return undefined;
  }
}
