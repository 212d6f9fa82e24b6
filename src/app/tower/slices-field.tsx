import { useId, useState } from 'react';
import { readSlices, writeSlices } from '../../recipe/text';
import { useApp, useAppState } from '../store/use-app';

/** Field for slices of base blocks as text. Invalid text shows a message and is discarded on blur. */
export function SlicesField() {
  const { recipe } = useApp();
  const slices = useAppState((state) => state.recipe.current.slices);
  const layers = useAppState((state) => state.model.info?.layers ?? 0);
  const [draft, setDraft] = useState<string>();
  const id = useId();
  const parsed = draft === undefined ? slices : readSlices(draft.replaceAll(/\s/g, ''));
  const bad = draft !== undefined && parsed?.some(({ start, end }) => end <= start) !== false;
  return (
    <div className="field stacked">
      <label htmlFor={id}>Slices</label>
      <input
        id={id}
        className="number"
        autoComplete="off"
        spellCheck={false}
        value={draft ?? (slices ? writeSlices(slices) : '')}
        aria-invalid={bad}
        aria-describedby={`${id}-words`}
        onChange={({ target: { value } }) => {
          setDraft(value);
          const read = readSlices(value.replaceAll(/\s/g, ''));
          if (read?.every(({ start, end }) => end > start)) recipe.setSlices(read);
        }}
        onBlur={() => setDraft(undefined)}
      />
      {bad && (
        <p className="problem" role="alert">
          Expected slices such as 0-6,2-8:0.5; got “{draft}”.
        </p>
      )}
      <p id={`${id}-words`} className="hint">
        First block up to, not including, the second; this model has blocks 0 to {layers - 1}. “:0.5” halves
        what a slice’s blocks write.
      </p>
    </div>
  );
}
