import type { Language } from '../../../lessons/languages';
import type { TwinWords } from '../../../lessons/twin/words';
import { WORDS as de } from '../../../lessons/twin/words-de';
import { WORDS as en } from '../../../lessons/twin/words-en';
import { useAppState } from '../../store/use-app';

const WORDS: Readonly<Record<Language, TwinWords>> = { en, de };

/** Returns the words of the activities on shuffled blocks in the chosen language. They are loaded with the activities. */
export const useTwinWords = (): TwinWords => WORDS[useAppState(({ language }) => language)];
