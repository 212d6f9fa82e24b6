import { useApp } from '../store/use-app';
import type { Context } from '../store/core/store';
import { type RaceActions, createRace } from './actions';
import type { RaceNeeds } from './actions';

const made = new WeakMap<Context<RaceNeeds>, RaceActions>();

/** The race of a page: made when it is first asked for. */
export function raceOf(context: Context<RaceNeeds>): RaceActions {
  const known = made.get(context);
  if (known) return known;
  const race = createRace(context);
  made.set(context, race);
  return race;
}

export const useRace = (): RaceActions => raceOf(useApp().context);
