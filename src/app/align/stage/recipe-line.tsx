import { useEffect } from 'react';
import { useAppState } from '../../store/use-app';
import { recipeLine } from '../figures/words';

/** Printable width of both A4 and Letter, in CSS pixels. */
const PAPER_WIDTH = 640;

/** Scales the picture to the sheet, because its fixed size cannot change during printing. */
function fitToPaper(): void {
  const container = document.querySelector('.picture-room');
  const width = Math.max(1, ...Array.from(container?.children ?? [], ({ scrollWidth }) => scrollWidth));
  document.documentElement.style.setProperty('--print-zoom', String(Math.min(1, PAPER_WIDTH / width)));
}

/** The recipe in one line, for print only, because on screen the controls say the same. */
export function RecipeLine() {
  useEffect(() => {
    addEventListener('beforeprint', fitToPaper);
    return () => removeEventListener('beforeprint', fitToPaper);
  }, []);
  return <p className="print-only">{useAppState(recipeLine)}</p>;
}
