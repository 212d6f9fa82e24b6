import { COSTS } from '../../../lessons/by-hand/problem';
import { colourOf, hexOf } from '../../drawing/colours';
import { VIRIDIS_STEPS } from '../../drawing/viridis';
import { fixed } from '../../words/numbers';

const ALL = COSTS.flat();
const COST_SCALE = {
  kind: 'linear',
  map: 'viridis-down',
  low: Math.min(...ALL),
  high: Math.max(...ALL),
} as const;

/** White text on viridis has a contrast of 4.5 up to here, black text from here on. */
const BRIGHT = 0.436;

/** Colours of a cell: by its mass as a share of its source's, as on the stage; none if nothing is written. */
export const pairLook = (share: number, shown: string) => ({
  'data-empty': shown === '',
  'data-bright': share > BRIGHT,
  ...(shown === '' ? {} : { style: { background: VIRIDIS_STEPS[Math.round(Math.min(1, share) * 255)] } }),
});

/** The mass of a pair over its cost, with a line in the colour of the cost. */
export function PairContent({ mass, cost }: { mass: string; cost: number }) {
  return (
    <>
      <b>{mass}</b>
      <small>{fixed(cost, 2)}</small>
      <i style={{ background: hexOf(colourOf(COST_SCALE, cost)) }} />
    </>
  );
}
