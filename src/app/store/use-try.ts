import type { TryActions } from './try/columns';
import { tryActionsOf } from './try/columns';
import { useApp } from './use-app';

/** The columns of Try of this page, made when they are first asked for. */
export const useTry = (): TryActions => tryActionsOf(useApp().context);
