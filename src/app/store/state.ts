import type { Recipe } from '../../recipe/schema';
import type { View } from '../../recipe/view';
import type { AlignState } from './align';
import type { BackendState } from './backend';
import type { CellState } from './cell';
import type { CompareState } from './compare';
import type { EvaluationsState } from './evaluations';
import type { ExportState } from './export';
import type { MapState } from './map';
import type { ModelState } from './model';
import type { Notice } from './notices';
import type { PictureState } from './picture';
import type { ThemeState } from './theme';

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
  readonly cell: CellState;
  readonly map: MapState;
  readonly evaluations: EvaluationsState;
  readonly compare: CompareState;
  readonly exporting: ExportState;
  readonly notices: readonly Notice[];
  readonly theme: ThemeState;
  readonly dialog: DialogName | null;
}
