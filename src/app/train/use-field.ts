import { useMemo } from 'react';
import { type Field, fieldOnShow } from '../store/train/field';
import { useApp, useAppState } from '../store/use-app';

/** The setup of the next race. Computed again only when it changes, not after every training step. */
export function useField(): Field {
  const { store } = useApp();
  const parts = [
    useAppState((state) => state.view.race),
    useAppState((state) => state.recipe.current),
    useAppState((state) => state.race.own),
    useAppState((state) => state.view.without),
    useAppState((state) => state.model.info),
  ];
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => fieldOnShow(store.getState()), [store, ...parts]);
}
