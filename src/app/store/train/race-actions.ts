import type { Context } from '../core/store';
import type { RaceActions, RaceNeeds } from './race';
import { createRace } from './race';

const made = new WeakMap<Context<RaceNeeds>, RaceActions>();

/** Returns the race actions of a context; creates them on first use. */
export function raceActionsOf(context: Context<RaceNeeds>): RaceActions {
  const known = made.get(context);
  if (known) return known;
  const race = createRace(context);
  made.set(context, race);
  return race;
}
