/*
 * methods: the ways to make a model deeper, a file for each or for a family of them, and their list. A file says all there
 * is to say about its methods and is cheap to load: what takes more than a few lines lies in a room of its own and is
 * fetched when first used.
 */
import type { MethodId } from '../../recipe/schema';
import { UpscaleError } from '../block/errors';
import type { Method } from '../contract/method';
import { AVERAGE, AVERAGE_ZERO } from './average';
import { AVERAGE_NORMS } from './average-norms';
import { COPY_NEXT, COPY_NEXT_ZERO, COPY_PREVIOUS, COPY_PREVIOUS_ZERO } from './copies';
import { HALF_NEXT } from './half-next';
import { LESA } from './lesa';
import { LLAMA_PRO } from './llama-pro';
import { HARD, LITERAL, PAPER, RELATIVE, TF } from './opt-deus';
import { PASSTHROUGH } from './passthrough';
import { RANDOM } from './random';
import { SOLAR } from './solar';
import { STACK } from './stack';
import { STRUCTURED } from './structured';

/** All methods, in the order in which they are listed anywhere. */
export const METHODS: readonly Method[] = [
  PAPER,
  LITERAL,
  TF,
  RELATIVE,
  HARD,
  STRUCTURED,
  HALF_NEXT,
  AVERAGE,
  AVERAGE_ZERO,
  AVERAGE_NORMS,
  COPY_PREVIOUS,
  COPY_PREVIOUS_ZERO,
  COPY_NEXT,
  COPY_NEXT_ZERO,
  RANDOM,
  LLAMA_PRO,
  LESA,
  SOLAR,
  STACK,
  PASSTHROUGH,
];

export const METHOD_IDS: readonly MethodId[] = METHODS.map(({ id }) => id);

const BY_ID = new Map(METHODS.map((method) => [method.id, method]));

/** The method of that name. @throws UpscaleError where there is none. */
export function methodOf(id: MethodId): Method {
  const method = BY_ID.get(id);
  if (method) return method;
  throw new UpscaleError(`expected a method among ${METHOD_IDS.join(', ')}, got ${id}. Choose one of these.`);
}
