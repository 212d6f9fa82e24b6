import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// A fake machine: which files exist, and with which driver Dawn finds an adapter.
const machine = vi.hoisted(
  (): { files: readonly string[]; works: (driver: string | undefined) => boolean } => ({
    files: [],
    works: () => true,
  }),
);
vi.mock('node:fs', () => ({ existsSync: (path: string) => machine.files.includes(path) }));
vi.mock('webgpu', () => ({
  globals: {},
  create: () => {
    const driver = process.env['VK_ICD_FILENAMES'];
    return { driver, requestAdapter: async () => (machine.works(driver) ? {} : null) };
  },
}));

const SOFTWARE = '/usr/lib/chromium/vk_swiftshader_icd.json';
const OWN = '/usr/share/vulkan/icd.d';
const LOADER = '/usr/lib64/libvulkan.so.1';
const platform = process.platform;

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('VK_ICD_FILENAMES', undefined);
  vi.stubEnv('VK_DRIVER_FILES', undefined);
  Object.defineProperty(process, 'platform', { value: 'linux' });
});
afterEach(() => {
  vi.unstubAllEnvs();
  Object.defineProperty(process, 'platform', { value: platform });
});

/** Returns the driver of the opened GPU; undefined for the system's drivers. */
async function opened(files: string[], works: (driver: string | undefined) => boolean): Promise<unknown> {
  Object.assign(machine, { files, works });
  const { openDawn } = await import('./node');
  const gpu = (await openDawn()) as GPU & { driver?: string };
  expect(await openDawn()).toBe(gpu);
  return gpu.driver;
}

test('drivers of the system that serve Dawn are used', async () => {
  expect(await opened([SOFTWARE, OWN, LOADER], () => true)).toBeUndefined();
});

test('where none of them does, the software driver beside Chromium is used', async () => {
  expect(await opened([SOFTWARE, OWN, LOADER], (driver) => driver === SOFTWARE)).toBe(SOFTWARE);
});

test('without drivers of the system the software driver is used at once', async () => {
  expect(await opened([SOFTWARE, LOADER], (driver) => driver === SOFTWARE)).toBe(SOFTWARE);
});

test('a driver that is named is used whether it serves Dawn or not', async () => {
  vi.stubEnv('VK_DRIVER_FILES', '/opt/own.json');
  expect(await opened([SOFTWARE, OWN, LOADER], () => false)).toBe('/opt/own.json');
});
