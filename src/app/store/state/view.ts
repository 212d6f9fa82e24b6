import type { View } from '../../../recipe/view';

/** A state that has this part. */
export interface WithView {
  readonly view: View;
}
