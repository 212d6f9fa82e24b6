/** What a race came to: the page draws it from rows that it has. */
export {
  type ArmSummary,
  conclusion,
  type RaceRow,
  type Spread,
  summarise,
  criticalT,
} from '../train/summary';
