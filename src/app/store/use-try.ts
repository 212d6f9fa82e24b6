import type { TryActions } from './try/columns';
import { tryActionsOf } from './try/columns';
import { useApp } from './use-app';

/** Returns the Try actions of this page; creates them on first use. */
export const useTry = (): TryActions => tryActionsOf(useApp().context);
