import type { Alignment } from '../aligning/alignment';
import type { NeuronOrder, PictureRequest } from '../jobs';
import { orderOf } from '../neurons/order';
import { type Frame, frameOf, wholeFrame } from './pixels';

/** A pooled rectangle in an order. */
export interface PictureRegion {
  readonly frame: Frame;
  readonly order: NeuronOrder | undefined;
  /** The rows and columns that are drawn, where they are picked out of the matrix; then the frame is all of them. */
  readonly places: NeuronOrder | undefined;
}

/** @throws RequestError for a window outside the matrix or an order there is none of. */
export async function regionOf(
  alignment: Alignment,
  request: PictureRequest,
  signal: AbortSignal | undefined,
): Promise<PictureRegion> {
  const { rows, columns, cost } = alignment;
  const asked = frameOf(request, rows, columns);
  const order =
    request.order === undefined || request.order === 'index'
      ? undefined
      : await orderOf(alignment, request.order, signal);
  // Of a cost that is computed at every visit, a window costs less than the bands that it crosses.
  if (!order && (cost.resident || !request.window)) return { frame: asked, order, places: undefined };
  const { rowStart, rowEnd, columnStart, columnEnd } = asked.window;
  const full = order ?? (await orderOf(alignment, 'index', signal));
  const places = {
    rows: full.rows.subarray(rowStart, rowEnd),
    columns: full.columns.subarray(columnStart, columnEnd),
  };
  return { frame: asked, order, places };
}

/** The frame in terms of what is drawn. */
export const drawnFrame = ({ frame, places }: PictureRegion): Frame =>
  places ? { ...frame, window: wholeFrame(places.rows.length, places.columns.length).window } : frame;
