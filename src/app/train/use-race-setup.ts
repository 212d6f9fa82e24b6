import { useMemo } from 'react';
import { type RaceSetup, shownRaceSetup } from '../store/train/race-setup';
import { useApp, useAppState } from '../store/use-app';

/** The setup of the next race. Computed again only when it changes, not after every training step. */
export function useRaceSetup(): RaceSetup {
  const { store } = useApp();
  const parts = [
    useAppState((state) => state.view.race),
    useAppState((state) => state.recipe.current),
    useAppState((state) => state.race.own),
    useAppState((state) => state.view.without),
    useAppState((state) => state.model.info),
  ];
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => shownRaceSetup(store.getState()), [store, ...parts]);
}
