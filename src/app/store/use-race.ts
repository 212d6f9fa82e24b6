import type { RaceActions } from './train/race';
import { raceActionsOf } from './train/race-actions';
import { useApp } from './use-app';

/** Returns the race actions of this page; creates them on first use. */
export const useRace = (): RaceActions => raceActionsOf(useApp().context);
