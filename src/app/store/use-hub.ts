import { hubActionsOf } from './hub/hub';
import { useApp } from './use-app';

/** Returns the Hub's actions of this page; creates them on first use. */
export const useHub = (): ReturnType<typeof hubActionsOf> => hubActionsOf(useApp().context);
