/** Returns a proxy of `real` whose properties in `overrides` are replaced. */
function withOverrides<T extends object>(real: T, overrides: Partial<Record<keyof T, unknown>>): T {
  return new Proxy(real, {
    get(target, name) {
      if (name in overrides) return overrides[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      // Native methods throw if `this` is the proxy.
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** Returns a real GPU whose adapters and devices have some properties replaced, to simulate low limits, losses or errors. */
export function fakeGpu(
  real: GPU,
  {
    adapter = {},
    device = {},
  }: {
    adapter?: Partial<Record<keyof GPUAdapter, unknown>>;
    device?: Partial<Record<keyof GPUDevice, unknown>>;
  },
): GPU {
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> => {
    const found = await real.requestAdapter(options);
    if (!found) return null;
    const requestDevice = async (descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> =>
      withOverrides(await found.requestDevice(descriptor), device);
    return withOverrides(found, { requestDevice, ...adapter });
  };
  return withOverrides(real, { requestAdapter });
}
