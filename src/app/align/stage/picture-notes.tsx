import { Term } from '../../glossary/term';
import { headsOf } from '../../drawing/heads';
import { visibleRegion } from '../../drawing/window';
import { matrixSize } from '../../store/derived/subject';
import { useAppState } from '../../store/use-app';

/** Shows the window's places; empty if the window is the whole matrix. */
export function WindowNote() {
  const words = useAppState((state) => {
    const size = matrixSize(state);
    if (size === undefined || state.view.window === null) return undefined;
    const { rows, columns } = visibleRegion(state.view.window, size);
    const range = ({ start, end }: typeof rows) => `${Math.floor(start)}–${Math.ceil(end) - 1}`;
    return `${range(rows)} × ${range(columns)}`;
  });
  return (
    <output className="in-sight" aria-label="Places in sight, rows × columns" aria-live="off">
      {words}
    </output>
  );
}

/** Explains the dashed lines of q and k. */
export function RotaryNote() {
  const rotary = useAppState(({ model: { info }, picture: { shown } }) =>
    shown && info ? headsOf(shown.subject.tensor, info)?.rotary : false,
  );
  if (!rotary) return null;
  return (
    <span className="rotary-note">
      dashed: <Term id="rotary">rotary partners</Term>
    </span>
  );
}
