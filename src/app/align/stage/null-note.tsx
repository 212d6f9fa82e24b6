import { Term } from '../../glossary/term';
import { missingNull } from '../../store/align/nulls';
import { shownNull } from '../../store/derived/null';
import { shownKind, shownOrder } from '../../store/derived/requested-picture';
import { useApp, useAppState } from '../../store/use-app';
import { ANY_DIAGONAL, nullWords } from '../../words/null';

/** One sentence on how much of a plan is alignment, so that a sorted diagonal is not taken for it. */
export function NullNote() {
  const { nulls } = useApp();
  const measure = useAppState(shownNull);
  const failure = useAppState(({ nulls: { failed }, align }) =>
    failed !== undefined && failed.key === align.key ? failed.failure.message : undefined,
  );
  const asked = useAppState((state) => missingNull(state) !== undefined);
  const running = useAppState(({ nulls: { running } }) => running !== undefined);
  const sorted = useAppState(
    (state) =>
      state.view.order === 'matched' && shownOrder(state) !== undefined && shownKind(state) !== 'cost',
  );
  const words = measure && nullWords(measure);
  if (words !== undefined)
    return (
      <>
        {' '}
        <Term id="matched-mass">{words.what}</Term> {words.real}, <Term id="null">null</Term> {words.drawn}:{' '}
        <b>{words.conclusion}</b>.
      </>
    );
  return (
    <>
      {sorted && ` ${ANY_DIAGONAL}`}
      {failure !== undefined && ` Its null could not be measured: ${failure}`}
      {asked && !running && (
        <>
          {' '}
          <button type="button" className="link-button" onClick={() => void nulls.measure()}>
            Measure its null
          </button>
        </>
      )}
    </>
  );
}
