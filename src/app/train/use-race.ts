import { useApp } from '../store/app';
import type { Context } from '../store/context';
import { type RaceActions, createRace } from './actions';

const made = new WeakMap<Context, RaceActions>();

/** The race of a page: made when it is first asked for. */
export function raceOf(context: Context): RaceActions {
  const known = made.get(context);
  if (known) return known;
  const race = createRace(context);
  made.set(context, race);
  return race;
}

export const useRace = (): RaceActions => raceOf(useApp().context);
