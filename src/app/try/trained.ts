import type { Context } from '../store/context';
import type { Run } from '../store/race-state';

/** Makes sure that a trained run is on the device before anything is asked of it. @throws Error where it is gone. */
export async function bringArm({ store }: Context, run: Run): Promise<void> {
  const runs = store.getState().race.race?.runs ?? [];
  if (runs.some(({ name }) => name === run.name)) return;
  throw new Error(`Expected the trained run ${run.name}, which is no longer here. Train it again.`);
}
