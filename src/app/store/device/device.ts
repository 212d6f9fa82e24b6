/*
 * Room `store/device`: actions of the panel about the backend, created when it is first opened. Imports `core` and `state`.
 */

import { isAbort, toFailure } from '../core/failure';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { WithBackend } from '../state/backend';
import type { WithDevice } from '../state/device';

type DeviceNeeds = WithBackend & WithDevice;

/** Actions that ask the engine about its device. */
export function createDevice({ engine, store }: Context<DeviceNeeds>) {
  let asking: Promise<void> | undefined;
  /** Grows whenever timing begins or has ended to change: reports that were asked for before are out of date. */
  let changes = 0;

  async function read(): Promise<void> {
    const { summary } = store.getState().backend;
    const asked = changes;
    try {
      const report = await engine.run('device', {});
      if (store.getState().backend.summary === summary && asked === changes)
        patch(store, 'device', { report });
    } catch {
      // This is only displayed; the next job reports what is wrong.
    }
  }

  const actions = {
    /** Reads the engine's report, unless a request is already running. */
    async refresh(): Promise<void> {
      if (asking || store.getState().backend.status !== 'ready') return;
      asking = read().finally(() => (asking = undefined));
      await asking;
    },

    /** Starts or stops timing kernels. */
    async time(on: boolean): Promise<void> {
      changes++;
      const { report } = store.getState().device;
      // The engine may be busy; the box shows at once that it was pressed.
      if (report) patch(store, 'device', { report: { ...report, timing: on ? 'on' : 'off' } });
      try {
        await engine.run('timeKernels', { on });
        patch(store, 'device', { failure: undefined });
      } catch (error) {
        patch(store, 'device', { failure: toFailure(error) });
      }
      changes++;
      await asking;
      await actions.refresh();
    },

    /** Chooses the job whose kernels are shown. */
    showJob(job: string | null): void {
      patch(store, 'device', { job });
    },

    /** Measures the bandwidth of copies on the current backend. */
    async measureBandwidth(): Promise<void> {
      const { device, backend } = store.getState();
      const of = backend.summary?.description;
      if (device.measuring || of === undefined) return;
      patch(store, 'device', { measuring: true, failure: undefined });
      try {
        patch(store, 'device', { bandwidth: { of, result: await engine.run('bandwidth', {}) } });
      } catch (error) {
        if (!isAbort(error)) patch(store, 'device', { failure: toFailure(error) });
      } finally {
        patch(store, 'device', { measuring: false });
      }
    },
  };

  // A report of the backend before says nothing about this one.
  store.subscribe(
    ({ backend }) => backend.summary,
    () => {
      patch(store, 'device', { report: undefined });
      void actions.refresh();
    },
  );
  return actions;
}
export type DeviceActions = ReturnType<typeof createDevice>;

const made = new WeakMap<Context<DeviceNeeds>, DeviceActions>();

/** Returns the device actions of a context; creates them on first use. */
export function deviceActionsOf(context: Context<DeviceNeeds>): DeviceActions {
  const actions = made.get(context) ?? createDevice(context);
  made.set(context, actions);
  return actions;
}
