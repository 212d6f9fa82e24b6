import type { TryActions } from './try/actions';
import { tryOf } from './try/actions';
import { useApp } from './use-app';

/** The columns of Try of this page, made when they are first asked for. */
export const useTry = (): TryActions => tryOf(useApp().context);
