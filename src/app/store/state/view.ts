import type { View } from '../../../recipe/view';

export interface WithView {
  readonly view: View;
}
