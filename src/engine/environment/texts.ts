import { FEATURE_TEXTS } from '../../recipe/schema';
import { RequestError } from '../jobs/errors';

/** Whether a recipe's text is one of those that come with the project. */
export const isShippedText = (name: string): boolean => FEATURE_TEXTS.some((shipped) => shipped === name);

/** Its file in the folder of shipped texts. */
export const shippedTextFile = (name: string): string => `${name}-heldout.txt`;

export const textMissing = (name: string): RequestError =>
  new RequestError(
    `expected the text ${name} of the recipe's activations, got none. ` +
      (name.startsWith('file:')
        ? 'Give the file with --features-text on the command line, or choose a shipped text.'
        : `Choose one of ${FEATURE_TEXTS.join(', ')}.`),
  );
