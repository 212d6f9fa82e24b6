import { headsOf } from '../../drawing/heads';
import { useAppState } from '../../store/use-app';
import { quantity } from '../../words/numbers';
import { isMass } from './use-ribbons';

/** Says what the ribbons are, and their share of the plan's mass. */
export function RibbonsCaption() {
  const shown = useAppState((state) => state.ribbons.shown);
  const info = useAppState((state) => state.model.info);
  const indexed = useAppState((state) => state.view.order === 'index');
  if (shown === undefined || info === undefined) return null;
  const { strongest, subject } = shown;
  const { values } = strongest;
  const heads = headsOf(subject.tensor, info) !== undefined;
  const share = values.reduce((sum, value) => sum + value, 0) / subject.rows;
  const where = heads
    ? 'bundled by head, neurons in the checkpoint’s order'
    : indexed
      ? 'neurons in the checkpoint’s order'
      : 'neurons in the chosen order';
  return (
    <>
      The {values.length} {isMass(shown) ? 'strongest' : 'nearest'} of {subject.rows} × {subject.columns}{' '}
      pairs, {where}
      {isMass(shown) ? (
        <>
          ; together they carry <b>{quantity(100 * share, 2)} %</b> of the mass.
        </>
      ) : (
        '. There is no plan: nearness is all there is to see.'
      )}
    </>
  );
}
