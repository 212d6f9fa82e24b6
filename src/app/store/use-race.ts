import type { RaceActions } from './train/race';
import { raceOf } from './train/race-of';
import { useApp } from './use-app';

/** The race of this page, made when it is first asked for. */
export const useRace = (): RaceActions => raceOf(useApp().context);
