import type { NamedText } from '../../../engine/jobs';

/** Characters of a page; about 700 tokens of the shipped model. */
const PAGE = 2000;

/** Returns a text up to the last end of a sentence, or of a line of `.jsonl`, on its first page. A shorter text stays as it is. */
export function firstPage({ name, content }: NamedText): NamedText {
  if (content.length <= PAGE) return { name, content };
  const page = content.slice(0, PAGE);
  const ends = name.endsWith('l') ? page.lastIndexOf('\n') : page.search(/[.!?”"’]\s[^.!?]*$/) + 1;
  return { name, content: ends > 0 ? page.slice(0, ends) : page };
}
