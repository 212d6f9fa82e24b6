import { raceOf } from './train/race-of';
import { useApp } from './use-app';
import type { RaceActions } from './train/actions';

/** The race of this page, made when it is first asked for. */
export const useRace = (): RaceActions => raceOf(useApp().context);
