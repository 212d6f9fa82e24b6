import { version } from '../../../../package.json';
import type { BackendInfo } from '../../operations';

/** The variant that is used for a class of products. */
export interface Choice {
  /** Kernel, form and size, for example `matmul nt f32×bf16, large`. */
  readonly shapeClass: string;
  readonly variant: string;
  /** GFLOP/s when it was measured (2 per multiply-add); absent if it is the first that is right and nothing was measured. */
  readonly rate?: number;
}

/** Keeps measured choices from one visit to the next. It may fail; the choices are then measured again. */
export interface ChoiceMemory {
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

/** One key for each adapter and version of this project, since another version may have other kernels. */
export const memoryKey = ({ description }: Pick<BackendInfo, 'description'>): string =>
  `kernels ${version} ${description}`;

/** Reads what `Chooser` wrote. Anything else counts as nothing. */
export function parseChoices(text: string | undefined): readonly Choice[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.filter(isChoice) : [];
  } catch {
    return [];
  }
}

const isChoice = (value: unknown): value is Choice =>
  typeof value === 'object' &&
  value !== null &&
  'shapeClass' in value &&
  typeof value.shapeClass === 'string' &&
  'variant' in value &&
  typeof value.variant === 'string' &&
  (!('rate' in value) || typeof value.rate === 'number');
