import { useEffect, useState } from 'react';
import type { Applicability } from '../../engine/applicability';
import { engineRecipe } from '../methods/gaps';
import { useAppState } from '../store/use-app';

type Explain = typeof import('../../engine/applicability').applicability;

/** What would become of the recipe on the open model. It knows every method, so it is fetched after the first picture. */
export function useApplicability(): Applicability | undefined {
  const recipe = useAppState((state) => state.recipe.current);
  const layers = useAppState((state) => state.model.info?.layers);
  const [explain, setExplain] = useState<Explain>();

  useEffect(() => {
    let gone = false;
    import('../../engine/applicability').then(
      ({ applicability }) => {
        if (!gone) setExplain(() => applicability);
      },
      // Without it the engine still refuses, only later.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);

  if (explain === undefined || layers === undefined) return undefined;
  return explain(recipe.method, { layers }, engineRecipe(recipe, layers));
}
