import type { DType } from '../operations';

/** `DTYPE` constants of decode.wgsl. */
export const DTYPE_CODES: Readonly<Record<DType, number>> = { f32: 0, bf16: 1, f16: 2, u32: 0 };
