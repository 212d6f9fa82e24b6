import { useEffect, useState } from 'react';
import type { Applicability } from '../../engine/applicability';
import { engineRecipe } from '../methods/gaps';
import { useAppState } from '../store/use-app';

type Explain = typeof import('../../engine/applicability').applicability;

/** Says whether the recipe applies to the open model. Loaded after the first picture, because it includes all methods. */
export function useApplicability(): Applicability | undefined {
  const recipe = useAppState((state) => state.recipe.current);
  const info = useAppState((state) => state.model.info);
  const [explain, setExplain] = useState<Explain>();

  useEffect(() => {
    let gone = false;
    import('../../engine/applicability').then(
      ({ applicability }) => {
        if (!gone) setExplain(() => applicability);
      },
      // If loading fails, the engine refuses the recipe later.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);

  if (explain === undefined || info === undefined) return undefined;
  return explain(recipe.method, info, engineRecipe(recipe, info.layers));
}
