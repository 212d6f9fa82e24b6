import { type ComponentType, lazy } from 'react';
import type { ActivityName } from '../../../lessons/format';
import type { ReadingValues } from '../../store/state/lesson';

export interface ActivityProps {
  /** Publishes readings `activity.<name>` of the step. */
  readonly report: (values: ReadingValues) => void;
  /** How often Show me was pressed in this step; each press does the next thing a person would do. */
  readonly press: number;
}

/** Components in which something is done by hand; each is loaded when a step needs it. */
export const ACTIVITY_COMPONENTS: Readonly<Partial<Record<ActivityName, ComponentType<ActivityProps>>>> = {
  paint: lazy(() => import('./paint')),
  scale: lazy(() => import('./scale')),
  twin: lazy(() => import('./twin')),
  symmetries: lazy(() => import('./symmetries')),
};
