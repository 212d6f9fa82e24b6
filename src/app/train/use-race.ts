import { type App, useApp } from '../store/app';
import { type RaceActions, createRace } from './actions';

const made = new WeakMap<App, RaceActions>();

/** The race of an app: made when it is first asked for. */
export function raceOf(app: App): RaceActions {
  const known = made.get(app);
  if (known) return known;
  const race = createRace(app.context);
  made.set(app, race);
  return race;
}

export const useRace = (): RaceActions => raceOf(useApp());
