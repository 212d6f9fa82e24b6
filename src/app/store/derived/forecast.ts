import { engineRecipe } from '../../methods/gaps';
import type { Forecast } from '../../../engine/jobs';
import type { WithExport } from '../state/export';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';

type Needs = WithExport & WithModel & WithRecipe;

/** Key of what making the recipe's new blocks takes. */
export function forecastKey({ model, recipe }: Needs): string {
  return JSON.stringify([model.id, model.info && engineRecipe(recipe.current, model.info.layers)]);
}

/** What making the recipe's new blocks takes; undefined until it is known. */
export const forecastOf = (state: Needs): Forecast | undefined =>
  state.exporting.forecasts.entries[forecastKey(state)];
