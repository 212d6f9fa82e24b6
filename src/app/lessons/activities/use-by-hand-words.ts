import type { ByHandWords } from '../../../lessons/by-hand/words';
import { WORDS as de } from '../../../lessons/by-hand/words-de';
import { WORDS as en } from '../../../lessons/by-hand/words-en';
import type { Language } from '../../../lessons/languages';
import { useAppState } from '../../store/use-app';

const WORDS: Readonly<Record<Language, ByHandWords>> = { en, de };

/** Returns the words of the activities by hand in the chosen language. They are loaded with the activities. */
export const useByHandWords = (): ByHandWords => WORDS[useAppState(({ language }) => language)];
