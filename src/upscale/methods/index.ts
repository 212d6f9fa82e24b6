import type { MethodId } from '../../recipe/schema';
import { AVERAGE, AVERAGE_ZERO } from './average';
import { LLAMA_PRO } from './llama-pro';
import type { Method } from './method';
import { HARD, LITERAL, PAPER } from './opt-deus';

/** All methods by their id in a recipe. */
export const METHODS: Readonly<Record<MethodId, Method>> = {
  'opt-deus:literal': LITERAL,
  'opt-deus:paper': PAPER,
  'opt-deus:hard': HARD,
  average: AVERAGE,
  'average:zero': AVERAGE_ZERO,
  'llama-pro': LLAMA_PRO,
};
