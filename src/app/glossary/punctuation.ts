/** Returns the punctuation that a text begins with; a line must not break between it and the word before. */
export const leadingPunctuation = (text: string): string => /^[.,;:!?)’”]+/.exec(text)?.[0] ?? '';
