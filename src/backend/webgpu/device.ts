import { NoAdapterError } from '../errors';
import type { BackendInfo } from '../operations';

/** Limits that are requested at the adapter's maximum; all others stay at their defaults. */
const WANTED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/**
 * Creates a device. It requests a new adapter each time, because an adapter creates only one device.
 * @throws NoAdapterError if there is no adapter.
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
  const { vendor, architecture, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
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
        ...(features.includes('subgroups') ? { subgroupMinSize, subgroupMaxSize } : {}),
      },
      features: [...adapter.features].sort(),
    },
  };
}
