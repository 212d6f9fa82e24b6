import { useEffect, useRef, useState } from 'react';
import { summaryKey, requestedSummary } from '../../store/align/summary';
import type { AppState } from '../../store/app';
import { pictureStatus } from '../../store/derived/requested-picture';
import { useApp, useAppState } from '../../store/use-app';
import { describedPicture, pictureWords, strongestWords } from '../picture/picture-words';

/** Milliseconds without change before the picture is described, so that scrubbing or zooming is not read out. */
const REST_MS = 900;
/** Height in pixels of a line, which stays in sight when the text is scrolled. */
const LINE = 18;
/** In matrices with more rows, pairs are searched only on request, because the search is slow. */
const UNASKED_ROWS = 4096;

/** The description of the picture, one sentence per line. */
function sentences(state: AppState): string {
  const shown = describedPicture(state);
  if (shown === undefined || ![state.align.key, state.second.key].includes(shown.picture.key)) return '';
  const { what, size, sharpness, excess, range } = pictureWords(state, shown);
  // Strongest pairs exist for the first plan only.
  const own = shown.picture.key === state.align.key && shown.picture.kind !== 'difference';
  const strongest = own ? state.summary.entries[summaryKey(state)] : undefined;
  const masses = state.align.result?.plan !== 'none';
  return [what, size, sharpness, excess, range, strongest ? strongestWords(strongest, masses) : '']
    .filter((sentence) => sentence !== '')
    .join('\n');
}

/** The description in a box of limited height. While there is more below its edge, a button says so and scrolls to it. */
function DescribeBox({ words }: { readonly words: string }) {
  const box = useRef<HTMLElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const [more, setMore] = useState(false);

  useEffect(() => {
    const element = box.current;
    if (element === null || text.current === null) return undefined;
    const look = () => setMore(element.scrollTop + element.clientHeight < element.scrollHeight - 2);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    observer.observe(text.current);
    element.addEventListener('scroll', look);
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  return (
    <div className="describe-frame">
      {/* Users must be able to focus and scroll it with the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section ref={box} className="describe" tabIndex={0} aria-label="The picture in words">
        <div ref={text}>
          {words === '' ? (
            <p>There is no picture yet.</p>
          ) : (
            words.split('\n').map((sentence) => <p key={sentence}>{sentence}</p>)
          )}
        </div>
      </section>
      {more && (
        <button
          type="button"
          className="link-button describe-more"
          onClick={() => box.current?.scrollBy({ top: box.current.clientHeight - LINE })}
        >
          More below
        </button>
      )}
    </div>
  );
}

/** Describes the picture: read out when it stops changing, and shown on request. */
export function Describe() {
  const { summary, platform } = useApp();
  const open = useAppState((state) => state.view.describe);
  const words = useAppState(sentences);
  const atRest = useAppState(
    (state) =>
      pictureStatus(state, platform.reducedMotion()) === 'ready' && requestedSummary(state) !== undefined,
  );
  const large = useAppState((state) => (state.align.subject?.rows ?? 0) > UNASKED_ROWS);
  const known = useAppState((state) => state.summary.entries[summaryKey(state)] !== undefined);
  const [said, setSaid] = useState('');

  const pairs = useAppState(summaryKey);
  // The pairs to find first; undefined if they are known or not looked for.
  const missing = atRest && words !== '' && !known && (open || !large) ? pairs : undefined;

  useEffect(() => {
    if (missing === undefined) return undefined;
    const timer = setTimeout(() => void summary.find(), REST_MS);
    return () => clearTimeout(timer);
  }, [missing, summary]);

  useEffect(() => {
    if (!atRest || words === '' || missing !== undefined) return undefined;
    const timer = setTimeout(() => setSaid(words), REST_MS);
    return () => clearTimeout(timer);
  }, [atRest, words, missing]);

  return (
    <>
      <p className="visually-hidden" role="status" aria-label="Picture">
        {said}
      </p>
      {open && <DescribeBox words={words} />}
    </>
  );
}
