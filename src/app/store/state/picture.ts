import type { JobFailure, Picture, PictureRequest, Progress } from '../../../engine/jobs';
import type { OrderName } from '../../../recipe/view';
import type { Order } from '../../drawing/order';
import type { AlignmentSubject } from './align';

/** Everything that names a picture but its size; the whole matrix where there is no window. */
export type RequestedPicture = Omit<PictureRequest, 'maxPixels'>;

interface ShownPicture {
  readonly picture: Picture;
  readonly subject: AlignmentSubject;
  /** What was asked for. Of a long solve the engine keeps only some half-steps and draws the nearest before. */
  readonly asked: RequestedPicture;
}

/** What one pane shows. */
export interface PaneState {
  /** The last picture of the whole matrix, of the alignment on show or, until that has one, of the one before. */
  readonly shown?: ShownPicture | undefined;
  /** The finer picture of a part of it that arrived last. */
  readonly tile?: { readonly picture: Picture; readonly asked: RequestedPicture } | undefined;
  /** How far a picture that takes long is: the exact assignment of a large matrix. */
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

/** The first pane, and the order of both. */
export interface PictureState extends PaneState {
  /** The order of rows and columns last found, and the alignment it was found for. */
  readonly order?:
    | {
        readonly key: string;
        readonly name: OrderName;
        readonly subject: AlignmentSubject;
        readonly order: Order;
      }
    | undefined;
}

/** A state that has the picture of the second alignment, and that of the first plan minus the second. */
export interface WithOtherPictures {
  readonly secondPicture: PaneState;
  readonly differencePicture: PaneState;
}

/** A state that has this part. */
export interface WithPicture {
  readonly picture: PictureState;
}

export const INITIAL_PICTURE: PictureState = {};
