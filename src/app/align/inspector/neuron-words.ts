import type { NeuronDrivers, NeuronReport } from '../../../engine/jobs';
import { count, fixed } from '../../words/numbers';

/** Text positions that are among the strongest of both units. */
export function sharedPositions(a: NeuronDrivers, b: NeuronDrivers): ReadonlySet<number> {
  const others = new Set(b.top.map(({ position }) => position));
  return new Set(a.top.map(({ position }) => position).filter((position) => others.has(position)));
}

/** One sentence on how similar two units are. */
export function correlationWords({ correlation, tokens, previous, next }: NeuronReport): string {
  const same = sharedPositions(previous, next).size;
  const places = `${same} of their ${previous.top.length} strongest places are the same`;
  if (!Number.isFinite(correlation))
    return `One of the two does the same everywhere, so they have no correlation; ${places}.`;
  return `Correlation ${fixed(correlation, 2)} over ${count(tokens)} tokens; ${places}.`;
}
