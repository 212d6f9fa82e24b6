import type { KernelParameters } from '../../wgsl';
import type { BackendInfo } from '../operations';

/** How the kernels with attention_tile.wgsl share rows among threads. */
export interface AttentionForm {
  /** Widest head, in entries. */
  readonly headDim: number;
  /** Values for the parameters of that file. */
  readonly parameters: KernelParameters;
}

/**
 * By growing head. Lanes times depth times four are the entries of a head. Wide heads take four rows a thread instead of eight,
 * because the key gradient keeps two sums for each row and dimension in registers.
 */
export const ATTENTION_FORMS: readonly AttentionForm[] = [
  { headDim: 32, parameters: { LANES: 8, SPANS: 8, QUADS: 2, DEPTH: 1 } },
  { headDim: 64, parameters: { LANES: 16, SPANS: 8, QUADS: 2, DEPTH: 1 } },
  { headDim: 128, parameters: { LANES: 16, SPANS: 16, QUADS: 1, DEPTH: 2 } },
  { headDim: 256, parameters: { LANES: 16, SPANS: 16, QUADS: 1, DEPTH: 4 } },
];

/** Workgroup memory of the largest form, in bytes: two arrays of vec4f. */
const BYTES = 16 * (16 * 33 + 64 * 17);
/** Below this number of queries, most rows of a tile would be empty. */
const FEW_QUERIES = 16;

/** Returns the form for heads of this dimension, or undefined where kernels without tiles are faster or must do. */
export function attentionForm(
  { software, limits }: BackendInfo,
  headDim: number,
  queries: number,
): AttentionForm | undefined {
  const memory = limits['maxComputeWorkgroupStorageSize'] ?? 0;
  // Barriers and workgroup memory are slow on software adapters.
  if (software || queries < FEW_QUERIES || memory < BYTES) return undefined;
  return ATTENTION_FORMS.find((form) => headDim <= form.headDim);
}

/** Returns parameters and params of the attention kernels for a limited span and a soft cap; none where there is neither. */
export function attentionOptions({
  keys,
  span,
  cap,
}: {
  readonly keys: number;
  readonly span: number;
  readonly cap: number;
}): { readonly parameters: KernelParameters; readonly params: Readonly<Record<string, number>> } {
  return {
    parameters: { ...(span < keys ? { SPAN: 1 } : {}), ...(cap > 0 ? { CAP: 1 } : {}) },
    params: { ...(span < keys ? { span } : {}), ...(cap > 0 ? { cap } : {}) },
  };
}

/** Returns the name of a kernel's file, its parameters, and the rows that a workgroup computes. */
export function attentionKernel(
  name: string,
  form: AttentionForm | undefined,
): { readonly name: string; readonly parameters: KernelParameters; readonly rows: number } {
  // The kernels without tiles compute eight rows.
  if (!form) return { name, parameters: {}, rows: 8 };
  const { SPANS = 0, QUADS = 0 } = form.parameters;
  return { name: `${name}_tiled`, parameters: form.parameters, rows: 4 * SPANS * QUADS };
}
