import { type ComponentType, lazy } from 'react';
import type { ActivityName } from '../../../lessons/format';
import type { ActivityProps } from './activity-props';

/** Components in which something is done by hand; each is loaded when a step needs it. */
export const ACTIVITY_COMPONENTS: Readonly<Partial<Record<ActivityName, ComponentType<ActivityProps>>>> = {
  paint: lazy(() => import('./paint')),
  scale: lazy(() => import('./scale')),
  twin: lazy(() => import('./twin')),
  symmetries: lazy(() => import('./symmetries')),
};
