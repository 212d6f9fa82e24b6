import type { Backend } from '../../src/backend/operations';

/** A backend that runs one variant of a kernel for everything the variant can do. */
export interface VariantBackend {
  readonly name: string;
  open(gpu: GPU): Promise<Backend>;
}

/**
 * Backends for all variants of kernels, each of which the bundle puts through the operations suite. Empty as long as the WebGPU
 * backend has one kernel for each operation.
 */
export const variantBackends = (): readonly VariantBackend[] => [];

interface Choice {
  readonly shapeClass: string;
  readonly variant: string;
  /** GFLOP/s when it was measured. */
  readonly rate?: number;
}

/** Prints which variants a backend has chosen, if it chooses. */
export function printChoices(backend: Backend): void {
  const { choices } = backend as { choices?: () => readonly Choice[] };
  for (const { shapeClass, variant, rate } of choices?.call(backend) ?? [])
    console.log(
      `chosen for ${shapeClass}: ${variant}${rate === undefined ? '' : `, ${Math.round(rate)} GFLOP/s`}`,
    );
}
