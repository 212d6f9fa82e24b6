import type { ReadingValues } from '../../store/state/lesson';

export interface ActivityProps {
  /** Publishes readings `activity.<name>` of the step. */
  readonly report: (values: ReadingValues) => void;
  /** How often Show me was pressed in this step; each press does the next thing a person would do. */
  readonly press: number;
}
