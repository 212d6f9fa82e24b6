import type { MethodId } from '../../recipe/schema';
import { LESA } from './lesa';
import { AVERAGE, AVERAGE_ZERO } from './average';
import { COPY_NEXT, COPY_NEXT_ZERO, COPY_PREVIOUS, COPY_PREVIOUS_ZERO, LLAMA_PRO } from './copies';
import { HALF_NEXT } from './half-next';
import { PASSTHROUGH, SOLAR, STACK } from './layouts';
import type { Method } from '../contract/method';
import { HARD, LITERAL, PAPER, RELATIVE, TF } from './opt-deus';
import { STRUCTURED } from './structured';
import { RANDOM } from './random';

/** All methods by their id in a recipe. */
export const METHODS: Readonly<Record<MethodId, Method>> = {
  'opt-deus:literal': LITERAL,
  'opt-deus:paper': PAPER,
  'opt-deus:tf': TF,
  'opt-deus:relative': RELATIVE,
  'opt-deus:hard': HARD,
  'opt-deus:structured': STRUCTURED,
  'half-next': HALF_NEXT,
  average: AVERAGE,
  'average:zero': AVERAGE_ZERO,
  'copy-previous': COPY_PREVIOUS,
  'copy-previous:zero': COPY_PREVIOUS_ZERO,
  'copy-next': COPY_NEXT,
  'copy-next:zero': COPY_NEXT_ZERO,
  random: RANDOM,
  solar: SOLAR,
  'llama-pro': LLAMA_PRO,
  stack: STACK,
  lesa: LESA,
  passthrough: PASSTHROUGH,
};
