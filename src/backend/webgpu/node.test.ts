import { expect, test } from 'vitest';
import { openOn } from './node';

const SOFTWARE = '/usr/lib/chromium/vk_swiftshader_icd.json';
const OWN = '/usr/share/vulkan/icd.d';
const LOADER = '/usr/lib64/libvulkan.so.1';

/**
 * The driver that Dawn was opened with on a machine with these files; undefined for those the system names.
 * @param works whether Dawn finds an adapter with a driver.
 */
async function opened(
  files: readonly string[],
  works: (driver: string | undefined) => boolean,
  env: NodeJS.ProcessEnv = {},
): Promise<unknown> {
  const gpu = await openOn({
    platform: 'linux',
    env,
    exists: (path) => files.includes(path),
    createGpu() {
      const driver = env['VK_ICD_FILENAMES'];
      return { driver, requestAdapter: async () => (works(driver) ? {} : null) } as unknown as GPU;
    },
  });
  return (gpu as GPU & { driver?: string }).driver;
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
  const env = { VK_DRIVER_FILES: '/opt/own.json' };
  expect(await opened([SOFTWARE, OWN, LOADER], () => false, env)).toBe('/opt/own.json');
});
