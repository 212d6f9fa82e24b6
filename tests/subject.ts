import { expect } from 'vitest';
import type { Backend, DType, Tensor } from '../src/backend/operations';
import { elements } from '../src/backend/shape';
import type { TestBackend } from './backends';
import { pack } from './pack';
import { Random } from './random';

export type Packable = Exclude<DType, 'u32'>;
export const PACKABLE: readonly Packable[] = ['f32', 'bf16', 'f16'];

/** A tensor and the exact numbers in it. */
export interface Operand {
  readonly tensor: Tensor;
  readonly values: Float64Array;
}

export interface Tolerance {
  /** Allowed error in float32 arithmetic, relative to `magnitude`. */
  readonly tolerance: number;
  /** One number for all entries or one per entry. Default: |expected|, entry by entry. */
  readonly magnitude?: number | Float64Array;
  /** Error of the expected values, if they are not from a formula. Default 0. */
  readonly uncertainty?: number;
}

const HALF_ULP = 2 ** -24;
/** Devices may flush numbers below this to zero. */
const SMALLEST_NORMAL = 2 ** -126;

/** The backend under test, with helpers that all suites use. */
export class Subject {
  readonly #test: Pick<TestBackend, 'open' | 'toleranceScale'>;
  #backend: Backend | undefined;

  constructor(test: Pick<TestBackend, 'open' | 'toleranceScale'>) {
    this.#test = test;
  }

  async start(): Promise<void> {
    this.#backend = await this.open();
  }

  stop(): void {
    this.#backend?.dispose();
  }

  /** Opens another backend of the same kind, owned by the caller, who disposes it. */
  open(): Promise<Backend> {
    return this.#test.open();
  }

  get backend(): Backend {
    if (!this.#backend) throw new Error('the backend is opened before the tests');
    return this.#backend;
  }

  /** Uploads values, rounded to the dtype. Default: standard normal values, seeded by the shape. */
  operand(shape: readonly number[], dtype: Packable = 'f32', values?: Float64Array): Operand {
    const count = elements(shape);
    const source = values ?? new Random(count + 31 * shape.length).normals(count);
    const packed = pack(source, dtype);
    return {
      tensor: this.backend.upload(packed.bytes, shape, dtype, `operand ${dtype}`),
      values: packed.values,
    };
  }

  /** Makes a tensor by writing values instead of uploading bytes, like results and potentials. */
  values(shape: readonly number[], values: Float64Array): Operand {
    const single = Float32Array.from(values);
    return {
      tensor: this.backend.upload(single, shape, 'f32', 'values'),
      values: Float64Array.from(single),
    };
  }

  indices(values: Uint32Array | readonly number[], label = 'indices'): Tensor {
    return this.backend.upload(Uint32Array.from(values), [values.length], 'u32', label);
  }

  async expectClose(
    tensor: Tensor,
    expected: Float64Array,
    { tolerance, magnitude, uncertainty = 0 }: Tolerance,
    shape: readonly number[] = tensor.shape,
  ): Promise<void> {
    expect(tensor.shape).toEqual(shape);
    expect(tensor.dtype).toBe('f32');
    const actual = await this.backend.read(tensor);
    expect(actual.length).toBe(expected.length);
    let worst = 0;
    let report = '';
    expected.forEach((value, i) => {
      const size = (typeof magnitude === 'number' ? magnitude : magnitude?.[i]) ?? Math.abs(value);
      const allowed =
        this.#test.toleranceScale * tolerance * size +
        HALF_ULP * Math.abs(value) +
        SMALLEST_NORMAL +
        uncertainty;
      const error = Math.abs((actual[i] ?? NaN) - value);
      const ratio = Number.isNaN(error) ? Infinity : error / allowed;
      if (ratio > worst) {
        worst = ratio;
        report = `entry ${i}: expected ${value} within ${allowed}, got ${actual[i]}`;
      }
    });
    expect(worst, report).toBeLessThanOrEqual(1);
  }

  async expectExactly(
    tensor: Tensor,
    expected: ArrayLike<number>,
    shape: readonly number[] = tensor.shape,
  ): Promise<void> {
    expect(tensor.shape).toEqual(shape);
    expect(await this.backend.read(tensor)).toEqual(Float32Array.from(expected));
  }
}
