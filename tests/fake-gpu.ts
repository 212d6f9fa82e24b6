/** A stand-in that answers with `overrides` where they have a property, and with the real object otherwise. */
function standIn<T extends object>(real: T, overrides: Partial<Record<keyof T, unknown>>): T {
  return new Proxy(real, {
    get(target, name) {
      if (name in overrides) return overrides[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      // Native objects refuse a `this` that is not theirs.
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** A real GPU whose adapters and devices have some properties replaced: limits lowered, a loss or a refusal played. */
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
      standIn(await found.requestDevice(descriptor), device);
    return standIn(found, { requestDevice, ...adapter });
  };
  return standIn(real, { requestAdapter });
}
