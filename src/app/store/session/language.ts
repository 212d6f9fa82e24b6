import { type Language, languageOf } from '../../../lessons/languages';
import type { Context } from '../core/store';
import type { WithLanguage } from '../state/language';

type Needs = WithLanguage;

const STORAGE_KEY = 'interlayer.language';

/** Creates the action of the language. It begins as the one chosen on an earlier visit, else as the first known one the browser asks for. */
export function createLanguage({ store, platform }: Pick<Context<Needs>, 'store' | 'platform'>) {
  store.setState({ language: languageOf([platform.loadText(STORAGE_KEY), ...platform.languages()]) });
  return {
    choose(language: Language): void {
      platform.saveText(STORAGE_KEY, language);
      store.setState({ language });
    },
  };
}
