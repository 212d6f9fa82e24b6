import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { App, AppState } from './app';

/** Gives the app to the components below it. */
export const AppContext = createContext<App | undefined>(undefined);

/** The app around this component. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('useApp needs an AppContext around it.');
  return app;
}

/** A part of the state; the component renders again only when that part changes. */
export function useAppState<T>(selector: (state: AppState) => T): T {
  return useStore(useApp().store, selector);
}
