import type { WithAlign } from '../state/align';
import type { WithPicture } from '../state/picture';

/** What a half-step of Sinkhorn updates: nothing at the start, then columns (g) and rows (f) in turn. */
export type Scaling = 'start' | 'columns' | 'rows';

export function scalingOf(halfStep: number): Scaling {
  if (halfStep === 0) return 'start';
  return halfStep % 2 === 1 ? 'columns' : 'rows';
}

export const SCALING_LABELS: Readonly<Record<Scaling, string>> = {
  start: 'start',
  columns: 'columns scaled',
  rows: 'rows scaled',
};

/** What the half-step of the plan on show updated; undefined if no entropic plan is on show. */
export function shownScaling({ align, picture }: WithAlign & WithPicture): Scaling | undefined {
  const { shown } = picture;
  if (shown?.picture.kind !== 'plan' || align.subject?.plan !== 'entropic') return undefined;
  return scalingOf(shown.picture.halfStep);
}
