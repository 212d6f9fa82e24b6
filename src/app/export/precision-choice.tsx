import { useId } from 'react';
import { TermMark } from '../glossary/term';
import { ChoiceList } from '../controls/choice-list';
import { useApp, useAppState } from '../store/use-app';
import { baseDType } from './saved-size';

/** Why the settings of an export cannot change. */
export const WRITING = 'The files are being written with these settings; cancel that first';

/** The choice of what computed tensors are saved in; nothing if the base is in float32, where there is none. */
export function PrecisionChoice() {
  const { exporting } = useApp();
  const { dtype, status } = useAppState((state) => state.exporting);
  const base = useAppState(({ model: { info } }) => info && baseDType(info));
  const id = useId();
  if (base === undefined || base === 'F32') return null;
  return (
    <>
      <span className="labelled">
        <label htmlFor={id}>Computed tensors</label>
        <TermMark id="dtype" />
      </span>
      <ChoiceList
        id={id}
        value={dtype}
        unavailable={status === 'running' ? WRITING : undefined}
        title="Rounded to nearest, ties to even. Tensors of the base, exact copies and zeros keep the base’s dtype either way."
        onChange={({ target }) => exporting.chooseDType(target.value === 'f32' ? 'f32' : 'source')}
      >
        <option value="source">{base} as the base, rounded</option>
        <option value="f32">exact float32</option>
      </ChoiceList>
    </>
  );
}
