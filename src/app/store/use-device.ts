import type { DeviceActions } from './device/device';
import { deviceActionsOf } from './device/device';
import { useApp } from './use-app';

/** Returns the device actions of this page; creates them on first use. */
export const useDevice = (): DeviceActions => deviceActionsOf(useApp().context);
