import type { Picture } from '../../../engine/jobs';
import type { OrderName, View } from '../../../recipe/view';
import type { Order } from '../../drawing/order';
import { tileFor } from '../../drawing/tile';
import { visibleRegion } from '../../drawing/window';
import { methodInfo, planOf } from '../../methods/methods';
import type { AlignmentSubject, WithAlign } from '../state/align';
import type { PaneState, RequestedPicture, WithOtherPictures, WithPicture } from '../state/picture';
import type { WithRecipe } from '../state/recipe';
import type { SecondState, WithSecond } from '../state/second';
import type { WithView } from '../state/view';
import { shownHalfStep } from './half-step';
import { secondHalfStep } from './second';

/** The parts of the state that this is derived from. */
type Needs = WithAlign & WithRecipe & WithView & WithPicture & WithSecond & WithOtherPictures;

export type PictureKind = Picture['kind'];

/** Pictures come at most this large; below it they show every cell. */
export const MAX_PIXELS = 1024;

/** Names a picture: two wishes with the same name are for the same picture. */
export function pictureKey({ key, kind, halfStep, order, minus, window }: RequestedPicture): string {
  const part = window && Object.values(window).join('-');
  return [key, kind, halfStep, order, minus?.key, minus?.halfStep, part].join(' ');
}

/** The same picture of the whole matrix. */
export function withoutWindow({ window: _, ...rest }: RequestedPicture): RequestedPicture {
  return rest;
}

/** The kinds of picture an alignment has, with the reason where one is missing. */
export function pictureKinds({
  align,
  recipe,
}: WithAlign & WithRecipe): Record<Exclude<PictureKind, 'difference'>, string | true> {
  const { title } = methodInfo(align.subject?.method ?? recipe.current.method);
  const plan = align.subject?.plan ?? planOf(recipe.current);
  const missing = {
    entropic: true,
    permutation: `${title}: the plan is the permutation`,
    none: `${title}: there is no plan of this tensor. Cost and permutation can be looked at`,
  } as const;
  return { cost: true, plan: missing[plan], permutation: true };
}

/** The kind that is drawn: the chosen one, or where a method has no soft plan what stands in its place. */
export function shownKind(state: WithAlign & WithRecipe & WithView): Exclude<PictureKind, 'difference'> {
  const { picture } = state.view;
  if (pictureKinds(state)[picture] === true) return picture;
  const plan = state.align.subject?.plan ?? planOf(state.recipe.current);
  // Without any plan the cost says more than a permutation that nobody uses.
  return plan === 'permutation' ? 'permutation' : 'cost';
}

const isLarge = (subject: Pick<AlignmentSubject, 'rows' | 'columns'>) =>
  subject.rows > MAX_PIXELS || subject.columns > MAX_PIXELS;

/**
 * The order the engine is asked for. Pictures with single cells are put in order here, so that another order needs no other
 * picture. Larger ones side by side stay by index: each alignment would have its own order.
 */
function askedOrder({ align, picture, view }: Needs): { readonly order?: OrderName } {
  const { subject } = align;
  if (subject === undefined || !isLarge(subject) || view.order === 'index' || view.panes !== 'off') return {};
  const known = picture.order?.key === align.key && picture.order?.name === view.order;
  return known ? { order: view.order } : {};
}

/** What should be on screen now, if the engine can draw it yet. */
export function requestedPicture(state: Needs, reducedMotion: boolean): RequestedPicture | undefined {
  const { align, view } = state;
  if (align.key === undefined || view.tab !== 'align') return undefined;
  const ready = align.phase === 'ready';
  // A plan that grows on screen is motion; without it the finished plan appears at once.
  if (!ready && reducedMotion && view.halfStep === null) return undefined;
  const kind = shownKind(state);
  if (kind === 'permutation' && !ready) return undefined;
  const common = { key: align.key, kind, ...askedOrder(state) };
  return kind === 'plan' ? { ...common, halfStep: shownHalfStep(state) } : common;
}

/** The kind the second alignment shows beside the first; a method without a plan has none. */
function secondKind(view: View, { plan }: AlignmentSubject): PictureKind | undefined {
  if (view.picture !== 'plan') return view.picture;
  return plan === 'none' ? undefined : plan === 'entropic' ? 'plan' : 'permutation';
}

/** The picture of the second alignment, beside or in place of the first. */
export function requestedSecond(state: Needs): RequestedPicture | undefined {
  const { second, view } = state;
  if (view.tab !== 'align' || view.panes === 'off' || view.panes === 'difference') return undefined;
  if (second.phase !== 'ready' || second.key === undefined || second.subject === undefined) return undefined;
  const kind = secondKind(view, second.subject);
  if (kind === undefined) return undefined;
  return kind === 'plan'
    ? { key: second.key, kind, halfStep: secondHalfStep(state) }
    : { key: second.key, kind };
}

/** The first plan minus the second. */
export function requestedDifference(state: Needs): RequestedPicture | undefined {
  const { align, second, view } = state;
  if (view.tab !== 'align' || view.panes !== 'difference' || align.phase !== 'ready') return undefined;
  if (align.key === undefined || second.phase !== 'ready' || second.key === undefined) return undefined;
  if (align.subject?.plan === 'none' || second.subject?.plan === 'none') return undefined;
  const halfStep = align.subject?.plan === 'entropic' ? { halfStep: shownHalfStep(state) } : {};
  const other = second.subject?.plan === 'entropic' ? { halfStep: secondHalfStep(state) } : {};
  return { key: align.key, kind: 'difference', ...halfStep, minus: { key: second.key, ...other } };
}

/** The finer picture of what is in sight, where the picture of the whole is too coarse for it. */
export function requestedTile(state: Needs, wanted: RequestedPicture): RequestedPicture | undefined {
  const { subject } = state.align;
  if (subject === undefined || state.view.window === null) return undefined;
  const window = tileFor(visibleRegion(state.view.window, subject), subject, MAX_PIXELS);
  return window && { ...wanted, window };
}

/** Whether a picture shows single cells, so that rows and columns can be reordered. */
export function showsSingleCells(picture: Picture, subject: AlignmentSubject): boolean {
  return picture.height === subject.rows && picture.width === subject.columns;
}

/**
 * The order rows and columns are drawn in; undefined is by index. A new solve of the same neurons keeps the last one, and so
 * does another order until it is found.
 */
export function shownOrder({ align, picture, view }: WithAlign & WithPicture & WithView): Order | undefined {
  const { shown, order } = picture;
  const subject = shown?.subject ?? align.subject;
  if (view.order === 'index' || order === undefined || subject === undefined) return undefined;
  const same =
    order.subject.modelId === subject.modelId &&
    order.subject.gap === subject.gap &&
    order.subject.tensor === subject.tensor &&
    order.subject.part === subject.part;
  if (!same) return undefined;
  // The engine has put the rows of a large picture in the order of its own alignment.
  if (isLarge(subject) && (shown?.asked.order !== order.name || shown.asked.key !== order.key))
    return undefined;
  return order.order;
}

/** Whether the picture on screen is the one asked for, at rest. Tests and readers can then trust what they see. */
export function pictureStatus(state: Needs, reducedMotion: boolean): 'forming' | 'ready' | 'error' {
  const { align, picture, view, second } = state;
  if (align.phase === 'unpaired') return 'ready';
  if (align.phase === 'failed' || picture.failure !== undefined) return 'error';
  if (align.phase !== 'ready' || align.playing) return 'forming';
  const { order } = picture;
  if (view.order !== 'index' && (order?.key !== align.key || order?.name !== view.order)) return 'forming';
  const rests: boolean[] = [];
  if (view.panes !== 'b' && view.panes !== 'difference')
    rests.push(isShown(state, picture, requestedPicture(state, reducedMotion)));
  if (view.panes !== 'off' && view.panes !== 'a' && !isSettled(second)) return 'forming';
  const both = view.panes === 'both' || view.panes === 'b';
  const beside = both ? requestedSecond(state) : undefined;
  if (beside) rests.push(isShown(state, state.secondPicture, beside));
  const difference = requestedDifference(state);
  if (difference) rests.push(isShown(state, state.differencePicture, difference));
  return rests.every(Boolean) ? 'ready' : 'forming';
}

const isSettled = ({ phase }: SecondState) => phase === 'ready' || phase === 'failed' || phase === 'unpaired';

function isShown(
  state: Needs,
  { shown, tile, failure }: PaneState,
  wanted: RequestedPicture | undefined,
): boolean {
  if (failure !== undefined) return true;
  if (wanted === undefined || shown === undefined || pictureKey(shown.asked) !== pictureKey(wanted))
    return false;
  const finer = requestedTile(state, wanted);
  return finer === undefined || (tile !== undefined && pictureKey(tile.asked) === pictureKey(finer));
}
