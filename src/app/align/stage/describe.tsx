import { useEffect, useState } from 'react';
import { summaryKey, wantedSummary } from '../../store/align/summary';
import type { AppState } from '../../store/app';
import { pictureStatus } from '../../store/derived/wanted-picture';
import { useApp, useAppState } from '../../store/use-app';
import { describedPicture, pictureWords, strongestWords } from '../picture/picture-words';

/** The picture rests this long before it is put into words: one that is scrubbed or zoomed would never stop talking. */
const REST_MS = 900;
/** Finding pairs in larger matrices takes long: it waits until somebody asks. */
const UNASKED_ROWS = 4096;

/** The sentences of the picture at rest, one per line. */
function sentences(state: AppState): string {
  const shown = describedPicture(state);
  if (shown === undefined || ![state.align.key, state.second.key].includes(shown.picture.key)) return '';
  const { what, size, sharpness, range } = pictureWords(state, shown);
  // Pairs are of the first plan.
  const own = shown.picture.key === state.align.key && shown.picture.kind !== 'difference';
  const strongest = own ? state.summary.entries[summaryKey(state)] : undefined;
  const masses = state.align.result?.plan !== 'none';
  return [what, size, sharpness, range, strongest ? strongestWords(strongest, masses) : '']
    .filter((sentence) => sentence !== '')
    .join('\n');
}

/** The picture in words: said once it rests, and on show where somebody asks for it. */
export function Describe() {
  const { summary, platform } = useApp();
  const open = useAppState((state) => state.view.describe);
  const words = useAppState(sentences);
  const atRest = useAppState(
    (state) =>
      pictureStatus(state, platform.reducedMotion()) === 'ready' && wantedSummary(state) !== undefined,
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
        // A scrolling region has to be reachable by keyboard.
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
