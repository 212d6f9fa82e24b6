/** Summarises the rows of a race; the page does so without a job. */
export {
  type ArmSummary,
  conclusion,
  type RaceRow,
  type Spread,
  summarise,
  criticalT,
} from '../train/summary';
