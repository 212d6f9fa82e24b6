import { useEffect } from 'react';
import { useAppState } from '../../store/use-app';
import { experimentWords } from '../figures/words';

/** What A4 and Letter both have room for between their margins, in CSS pixels. */
const PAPER_WIDTH = 640;

/** Makes the picture on screen fit the sheet: its size is fixed, and a page cannot be laid out anew while it is printed. */
function fitPaper(): void {
  const room = document.querySelector('.picture-room');
  const width = Math.max(1, ...Array.from(room?.children ?? [], ({ scrollWidth }) => scrollWidth));
  document.documentElement.style.setProperty('--print-zoom', String(Math.min(1, PAPER_WIDTH / width)));
}

/** The experiment in one line, for paper: on screen the controls say the same. */
export function RecipeLine() {
  useEffect(() => {
    addEventListener('beforeprint', fitPaper);
    return () => removeEventListener('beforeprint', fitPaper);
  }, []);
  return <p className="print-only">{useAppState(experimentWords)}</p>;
}
