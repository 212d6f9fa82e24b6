import { METHOD_IDS } from '../../../engine/methods';
import { type Lesson, LessonError, lessonJson, parseLesson } from '../../../lessons/format';
import { MAX_LESSON_BYTES } from '../../../lessons/size';
import type { Language } from '../../../lessons/languages';
import { readTranslation, translated } from '../../../lessons/translation';

/** Lessons that come with the page, in the order of the list. */
export const BUILT_IN = [
  'why-deeper',
  'no-order',
  'by-hand',
  'epsilon',
  'alignment-or-shrinking',
  'where',
  'race',
  'make-one',
  'symmetries',
] as const;

/** True for the lessons that are written in every language of the page. */
export const isBuiltIn = (name: string): boolean => name === 'tour' || BUILT_IN.some((id) => id === name);

/** Name under which `view.lesson` and the link know a lesson that has no address. */
export const FILE = 'file';

/** How long a server may take to answer, in ms. */
const PATIENCE_MS = 15_000;

const isAddress = (name: string): boolean => /^https?:\/\//i.test(name);

/** Reads the text of a lesson; gives up on a server that does not answer. */
async function fetchLesson(url: string, signal: AbortSignal): Promise<string> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await readText(url, AbortSignal.any([signal, late]));
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    throw new LessonError(
      `Expected a lesson at ${url}, got no answer within ${PATIENCE_MS / 1000} s. Try again, or save the file and drop it here.`,
    );
  }
}

/** Credentials are never sent, and no more is read than a lesson may have. */
async function readText(url: string, signal: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new LessonError(
      `Expected a lesson at ${url}, but the server did not answer this page. It must be reachable and send the header Access-Control-Allow-Origin; or save the file and drop it here.`,
    );
  }
  if (!response.ok)
    throw new LessonError(
      `Expected a lesson at ${url}, got status ${response.status}. Check the address, or save the file and drop it here.`,
    );
  return decoded(await readBody(response, url, signal), url);
}

/** Reads an answer as it is unpacked: a few bytes may stand for gigabytes. */
async function readBody(response: Response, url: string, signal: AbortSignal): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const bytes = new Uint8Array(MAX_LESSON_BYTES);
  let size = 0;
  for (;;) {
    const { done = true, value } = (await reader?.read().catch((cause: unknown) => {
      if (signal.aborted) throw cause;
      throw new LessonError(
        `Expected a whole lesson at ${url}, got an answer that was cut off or cannot be unpacked. Try again, or save the file and drop it here.`,
        { cause },
      );
    })) ?? { value: undefined };
    if (done || value === undefined) return bytes.subarray(0, size);
    if (size + value.byteLength > MAX_LESSON_BYTES) {
      await reader?.cancel().catch(() => undefined);
      throw new LessonError(
        `Expected a lesson of at most ${MAX_LESSON_BYTES / 1024} KiB at ${url}, got more. Shorten it, or split it into two.`,
      );
    }
    bytes.set(value, size);
    size += value.byteLength;
  }
}

function decoded(bytes: Uint8Array, url: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LessonError(
      `Expected a lesson in UTF-8 at ${url}, got other bytes. Save it as UTF-8, then try again.`,
      { cause },
    );
  }
}

/** @throws LessonError if the text is not a lesson; `name` says where it comes from. */
export function readLesson(text: string, name: string): Lesson {
  if (text.length > MAX_LESSON_BYTES)
    throw new LessonError(
      `${name}: expected a lesson of at most ${MAX_LESSON_BYTES / 1024} KiB, got more. Shorten it, or split it into two.`,
    );
  return parseLesson(lessonJson(text, name), METHOD_IDS);
}

/**
 * Loads a lesson: a built-in one by its id and in the language, if it is written in it; another by its address.
 * @param base address of the page's folder.
 * @throws LessonError saying what is wrong, and at which step.
 */
export async function loadLesson(
  name: string,
  { base, language, signal }: { base: string; language: Language; signal: AbortSignal },
): Promise<Lesson> {
  if (isAddress(name)) return readLesson(await fetchLesson(name, signal), new URL(name).host);
  if (name === FILE)
    throw new LessonError(
      'Expected the file of a lesson, got a link to it: a file that was dropped is not kept. Drop it here again.',
    );
  if (!isBuiltIn(name))
    throw new LessonError(
      `Expected one of the lessons ${BUILT_IN.join(', ')}, or an address, got ${name}. Choose one from the list.`,
    );
  const file = (suffix: string) => new URL(`lessons/${name}${suffix}.json`, base).href;
  const lesson = readLesson(await fetchLesson(file(''), signal), name);
  if (lesson.language === language) return lesson;
  const words = await fetchLesson(file(`.${language}`), signal);
  return parseLesson(translated(lesson, readTranslation(words, `${name}.${language}`)), METHOD_IDS);
}
