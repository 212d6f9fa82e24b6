/*
 * methods: the declarations of all methods, one file per method or family, and their list. These files must be cheap to
 * load: code of more than a few lines is in a room of its own, which is imported when first used.
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

/** All methods, in display order. */
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

/** Returns a method by id. @throws UpscaleError if there is no such method. */
export function methodOf(id: MethodId): Method {
  const method = BY_ID.get(id);
  if (method) return method;
  throw new UpscaleError(`expected a method among ${METHOD_IDS.join(', ')}, got ${id}. Choose one of these.`);
}

/** The name of a method, the same in menus, tables, legends and captions. @throws UpscaleError if there is no such method. */
export const methodTitle = (id: MethodId): string => methodOf(id).title;
