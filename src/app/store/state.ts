import type { Recipe } from '../../recipe/schema';
import type { View } from '../../recipe/view';
import type { AlignState } from './align';
import type { ArraysState } from './arrays';
import type { BackendState } from './backend';
import type { CellState } from './cell';
import type { CompareState } from './compare';
import type { CurvesState } from './curves';
import type { EvaluationsState } from './evaluations';
import type { ExportState } from './export';
import type { LayersState } from './layers';
import type { MapState } from './map';
import type { ModelState } from './model';
import type { NeuronState } from './neuron';
import type { Notice } from './notices';
import type { PaneState, PictureState } from './picture';
import type { RaceState } from './race-state';
import type { RelatedState } from './related';
import type { RibbonsState } from './ribbons';
import type { SecondState } from './second';
import type { SummaryState } from './summary';
import type { ThemeState } from './theme';
import type { TryState } from './try-state';

/** The recipe in force and the ones before and after it in the history. */
export interface RecipeState {
  readonly current: Recipe;
  readonly past: readonly Recipe[];
  readonly future: readonly Recipe[];
}

/** The dialog in front of the page. */
type DialogName = 'about' | 'help' | 'export' | 'url';

/** What the page knows and shows. Plain data: every change goes through the actions beside each slice. */
export interface AppState {
  readonly backend: BackendState;
  readonly model: ModelState;
  readonly recipe: RecipeState;
  readonly view: View;
  readonly align: AlignState;
  readonly picture: PictureState;
  readonly second: SecondState;
  readonly secondPicture: PaneState;
  readonly differencePicture: PaneState;
  readonly cell: CellState;
  readonly curves: CurvesState;
  readonly related: RelatedState;
  readonly ribbons: RibbonsState;
  readonly map: MapState;
  readonly evaluations: EvaluationsState;
  readonly compare: CompareState;
  readonly race: RaceState;
  readonly attempt: TryState;
  readonly layers: LayersState;
  readonly neuron: NeuronState;
  readonly summary: SummaryState;
  readonly arrays: ArraysState;
  readonly exporting: ExportState;
  readonly notices: readonly Notice[];
  readonly theme: ThemeState;
  readonly dialog: DialogName | null;
}
