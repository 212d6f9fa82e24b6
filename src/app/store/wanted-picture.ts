import type { Picture } from '../../engine/jobs';
import { methodWords, planOf } from '../methods';
import type { MatchedOrder } from '../stage/order';
import type { Subject } from './align';
import { shownHalfStep } from './align';
import type { AppState } from './state';

type PictureKind = Picture['kind'];

export interface WantedPicture {
  readonly key: string;
  readonly kind: PictureKind;
  /** Only for plans. */
  readonly halfStep?: number;
}

/** Names a picture: two wishes with the same name are for the same picture. */
export const wishName = (wanted: WantedPicture) => `${wanted.key} ${wanted.kind} ${wanted.halfStep ?? ''}`;

/** The kinds of picture an alignment has, with the reason where one is missing. */
export function pictureKinds({
  align,
  recipe,
}: Pick<AppState, 'align' | 'recipe'>): Record<PictureKind, string | true> {
  const { title } = methodWords(align.subject?.method ?? recipe.current.method);
  const plan = align.subject?.plan ?? planOf(recipe.current);
  const missing = {
    entropic: true,
    permutation: `${title}: the plan is the permutation`,
    none: `${title}: there is no plan of this tensor. Cost and permutation can be looked at`,
  } as const;
  return { cost: true, plan: missing[plan], permutation: true };
}

/** The kind that is drawn: the chosen one, or where a method has no soft plan what stands in its place. */
export function shownKind(state: Pick<AppState, 'align' | 'recipe' | 'view'>): PictureKind {
  const { picture } = state.view;
  if (pictureKinds(state)[picture] === true) return picture;
  const plan = state.align.subject?.plan ?? planOf(state.recipe.current);
  // Without any plan the cost says more than a permutation that nobody uses.
  return plan === 'permutation' ? 'permutation' : 'cost';
}

/** What should be on screen now, if the engine can draw it yet. */
export function wantedPicture(state: AppState, reducedMotion: boolean): WantedPicture | undefined {
  const { align, view } = state;
  if (align.key === undefined || view.tab !== 'align') return undefined;
  const ready = align.phase === 'ready';
  // A plan that grows on screen is motion; without it the finished plan appears at once.
  if (!ready && reducedMotion && view.halfStep === null) return undefined;
  const kind = shownKind(state);
  if (kind === 'permutation' && !ready) return undefined;
  return kind === 'plan'
    ? { key: align.key, kind, halfStep: shownHalfStep(state) }
    : { key: align.key, kind };
}

/** Whether a picture shows single cells, so that rows and columns can be reordered. */
export function isWhole(picture: Picture, subject: Subject): boolean {
  return picture.height === subject.rows && picture.width === subject.columns;
}

/** The order rows and columns are drawn in; undefined is by index. A new solve of the same neurons keeps the last one. */
export function shownOrder({ picture, view }: Pick<AppState, 'picture' | 'view'>): MatchedOrder | undefined {
  const { shown, order } = picture;
  if (view.order !== 'matched' || shown === undefined || order === undefined) return undefined;
  if (!isWhole(shown.picture, shown.subject)) return undefined;
  const same =
    order.subject.modelId === shown.subject.modelId &&
    order.subject.gap === shown.subject.gap &&
    order.subject.tensor === shown.subject.tensor &&
    order.subject.part === shown.subject.part;
  return same ? order.order : undefined;
}

/** Whether the picture on screen is the one asked for, at rest. Tests and readers can then trust what they see. */
export function pictureStatus(state: AppState, reducedMotion: boolean): 'forming' | 'ready' | 'error' {
  const { align, picture } = state;
  if (align.phase === 'unpaired') return 'ready';
  if (align.phase === 'failed' || picture.failure !== undefined) return 'error';
  const wanted = wantedPicture(state, reducedMotion);
  const { shown } = picture;
  if (align.phase !== 'ready' || align.playing || wanted === undefined || shown === undefined)
    return 'forming';
  return wishName(shown.asked) === wishName(wanted) ? 'ready' : 'forming';
}
