import { useEffect, useState } from 'react';
import { summaryKey, requestedSummary } from '../../store/align/summary';
import type { AppState } from '../../store/app';
import { pictureStatus } from '../../store/derived/requested-picture';
import { useApp, useAppState } from '../../store/use-app';
import { describedPicture, pictureWords, strongestWords } from '../picture/picture-words';

/** Milliseconds without change before the picture is described, so that scrubbing or zooming is not read out. */
const REST_MS = 900;
/** In matrices with more rows, pairs are searched only on request, because the search is slow. */
const UNASKED_ROWS = 4096;

/** The description of the picture, one sentence per line. */
function sentences(state: AppState): string {
  const shown = describedPicture(state);
  if (shown === undefined || ![state.align.key, state.second.key].includes(shown.picture.key)) return '';
  const { what, size, sharpness, range } = pictureWords(state, shown);
  // Strongest pairs exist for the first plan only.
  const own = shown.picture.key === state.align.key && shown.picture.kind !== 'difference';
  const strongest = own ? state.summary.entries[summaryKey(state)] : undefined;
  const masses = state.align.result?.plan !== 'none';
  return [what, size, sharpness, range, strongest ? strongestWords(strongest, masses) : '']
    .filter((sentence) => sentence !== '')
    .join('\n');
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

  useEffect(() => {
    if (!atRest || words === '') return undefined;
    const timer = setTimeout(() => {
      if (!known && (open || !large)) void summary.find();
      else setSaid(words);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [atRest, words, known, open, large, summary]);

  return (
    <>
      <p className="visually-hidden" role="status" aria-label="Picture">
        {said}
      </p>
      {open && (
        // Users must be able to focus and scroll it with the keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <section className="describe" tabIndex={0} aria-label="The picture in words">
          {words === '' ? (
            <p>There is no picture yet.</p>
          ) : (
            words.split('\n').map((sentence) => <p key={sentence}>{sentence}</p>)
          )}
        </section>
      )}
    </>
  );
}
