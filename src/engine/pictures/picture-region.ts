import type { Alignment } from '../aligning/alignment';
import type { NeuronOrder, PictureRequest } from '../jobs';
import { orderOf } from '../neurons/order';
import { type Frame, frameOf, wholeFrame } from './pixels';

/** The part of a matrix that a picture shows: window, resolution and order. */
export interface PictureRegion {
  readonly frame: Frame;
  readonly order: NeuronOrder | undefined;
  /** If set, only these rows and columns are computed, and the picture shows all of them. */
  readonly places: NeuronOrder | undefined;
}

/** Returns the region of a request. @throws RequestError if the window is outside the matrix or `order` is unknown. */
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
  // If the cost is recomputed in every pass, computing only the window is cheaper than whole bands.
  if (!order && (cost.resident || !request.window)) return { frame: asked, order, places: undefined };
  const { rowStart, rowEnd, columnStart, columnEnd } = asked.window;
  const full = order ?? (await orderOf(alignment, 'index', signal));
  const places = {
    rows: full.rows.subarray(rowStart, rowEnd),
    columns: full.columns.subarray(columnStart, columnEnd),
  };
  return { frame: asked, order, places };
}

/** Returns the frame relative to the computed rows and columns. */
export const drawnFrame = ({ frame, places }: PictureRegion): Frame =>
  places ? { ...frame, window: wholeFrame(places.rows.length, places.columns.length).window } : frame;
