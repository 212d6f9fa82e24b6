import { NoAdapterError } from '../errors';
import type { BackendInfo } from '../operations';

/** Limits asked for as far as the adapter has them; everything else stays at its default. */
const WANTED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
] as const;

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query'];

/**
 * A device with the adapter's own limits. A fresh adapter is requested each time, for an adapter makes one device.
 * @throws NoAdapterError when there is none.
 */
export async function acquireDevice(gpu: GPU): Promise<{ device: GPUDevice; info: BackendInfo }> {
  const adapter =
    (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ?? (await gpu.requestAdapter());
  if (!adapter) {
    throw new NoAdapterError(
      'expected a WebGPU adapter, found none: update the browser or driver, or use the CPU backend',
    );
  }
  const limits = Object.fromEntries(WANTED.map((name) => [name, adapter.limits[name]]));
  const features = OPTIONAL_FEATURES.filter((name) => adapter.features.has(name));
  const device = await adapter.requestDevice({
    label: 'interlayer',
    requiredLimits: limits,
    requiredFeatures: features,
  });
  const { vendor, architecture, description } = adapter.info;
  return {
    device,
    info: {
      kind: 'webgpu',
      description:
        [vendor, architecture, description].filter((part) => part !== '').join(' · ') || 'unnamed adapter',
      software: adapter.info.isFallbackAdapter === true,
      maxTensorBytes:
        Math.floor(Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize) / 16) *
        16,
      limits: {
        ...limits,
        maxStorageBuffersPerShaderStage: device.limits.maxStorageBuffersPerShaderStage,
        maxComputeInvocationsPerWorkgroup: device.limits.maxComputeInvocationsPerWorkgroup,
      },
      features: [...adapter.features].sort(),
    },
  };
}
