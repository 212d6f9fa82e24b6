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

type Overrides = Partial<Record<keyof GPUDevice, unknown>>;

/** Returns a real GPU whose adapters and devices have some properties replaced, to simulate low limits, losses or errors; `device` may depend on the real device. */
export function fakeGpu(
  real: GPU,
  {
    adapter = {},
    device = {},
  }: {
    adapter?: Partial<Record<keyof GPUAdapter, unknown>>;
    device?: Overrides | ((real: GPUDevice) => Overrides);
  },
): GPU {
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> => {
    const found = await real.requestAdapter(options);
    if (!found) return null;
    const requestDevice = async (descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> => {
      const made = await found.requestDevice(descriptor);
      return withOverrides(made, typeof device === 'function' ? device(made) : device);
    };
    return withOverrides(found, { requestDevice, ...adapter });
  };
  return withOverrides(real, { requestAdapter });
}
