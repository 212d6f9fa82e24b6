import type { JobFailure, Picture, PictureRequest, Progress } from '../../../engine/jobs';
import type { OrderName } from '../../../recipe/view';
import type { Order } from '../../drawing/order';
import type { AlignSubject } from './align';

/** Identifies a picture apart from its size. Without `window` it shows the whole matrix. */
export type RequestedPicture = Omit<PictureRequest, 'maxPixels'>;

interface ShownPicture {
  readonly picture: Picture;
  readonly subject: AlignSubject;
  /** The request. The engine may draw an earlier half-step, because of a long solve it keeps only some. */
  readonly request: RequestedPicture;
}

/** State of one pane. */
export interface PaneState {
  /** The latest picture of the whole matrix. After a change it stays until the new alignment has a picture. */
  readonly shown?: ShownPicture | undefined;
  /** The latest finer picture of a part of the matrix. */
  readonly tile?: { readonly picture: Picture; readonly request: RequestedPicture } | undefined;
  /** Progress of a slow picture: the exact assignment of a large matrix. */
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

/** State of a pane with an order of rows and columns; the first pane's is that of all panes that have none. */
export interface PictureState extends PaneState {
  /** The latest order of rows and columns, and the alignment it was computed for. */
  readonly order?:
    | {
        readonly key: string;
        readonly name: OrderName;
        readonly subject: AlignSubject;
        readonly order: Order;
      }
    | undefined;
}

/** A state that has the picture of the second alignment and the difference: first plan minus second. */
export interface WithOtherPictures {
  /** Its order is there only if it has one of its own. */
  readonly secondPicture: PictureState;
  readonly differencePicture: PaneState;
}

export interface WithPicture {
  readonly picture: PictureState;
}

export const INITIAL_PICTURE: PictureState = {};
