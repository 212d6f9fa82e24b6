import type { RaceActions } from './train/race';
import { raceActionsOf } from './train/race-actions';
import { useApp } from './use-app';

/** The race of this page, made when it is first asked for. */
export const useRace = (): RaceActions => raceActionsOf(useApp().context);
