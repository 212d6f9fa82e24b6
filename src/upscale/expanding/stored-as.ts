import type { DType } from '../../backend/operations';
import type { DTypeName } from '../../recipe/schema';

const STORED = {
  float32: { name: 'F32', device: 'f32' },
  float16: { name: 'F16', device: 'f16' },
  bfloat16: { name: 'BF16', device: 'bf16' },
} as const satisfies Record<DTypeName, { name: string; device: DType }>;

/** Returns the names of a dtype in safetensors and on a backend. */
export const storedAs = (dtype: DTypeName): (typeof STORED)[DTypeName] => STORED[dtype];
