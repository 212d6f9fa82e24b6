import { FEATURE_TEXTS } from '../../recipe/schema';
import { RequestError } from '../jobs/errors';

/** True if the text that a recipe names is shipped with the project. */
export const isShippedText = (name: string): boolean => FEATURE_TEXTS.some((shipped) => shipped === name);

/** Returns the text's file name in the folder of shipped texts. */
export const shippedTextFile = (name: string): string => `${name}-heldout.txt`;

export const textMissing = (name: string): RequestError =>
  new RequestError(
    `expected the text ${name} of the recipe's activations, got none. ` +
      (name.startsWith('file:')
        ? 'Give the file with --features-text on the command line, or choose a shipped text.'
        : `Choose one of ${FEATURE_TEXTS.join(', ')}.`),
  );
