import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { App, AppState } from './app';

/** Provides the app to the components below. */
export const AppContext = createContext<App | undefined>(undefined);

/** Returns the app. @throws Error outside an `AppContext`. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('useApp needs an AppContext around it.');
  return app;
}

/** Selects a part of the state; the component renders again only when that part changes. */
export function useAppState<T>(selector: (state: AppState) => T): T {
  return useStore(useApp().store, selector);
}
