import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { restBetweenTicks } from './ticks';

/** Possible paths of Chromium's software Vulkan driver. */
const SWIFTSHADER = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];
const LOADERS = [
  '/usr/lib/x86_64-linux-gnu/libvulkan.so.1',
  '/usr/lib/aarch64-linux-gnu/libvulkan.so.1',
  '/usr/lib64/libvulkan.so.1',
];
/** From glibc's dlfcn.h; Node names only the other flags. */
const RTLD_NODELETE = 0x1000;
const DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/nvidia/share/vulkan/icd.d'];

/** The parts of a machine that decide which Vulkan driver Dawn uses. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Environment variables. `VK_ICD_FILENAMES` is set where a driver is chosen, because the Vulkan loader reads it. */
  readonly env: NodeJS.ProcessEnv;
  exists(path: string): boolean;
  /** A new Dawn instance, which looks for drivers when it is asked for an adapter. */
  createGpu(): GPU;
}

// Never released, because Dawn crashes the process if a GPU object is garbage-collected while its objects are in use.
const made: GPU[] = [];
let dawn: Promise<GPU> | undefined;

/** Opens WebGPU in Node with Dawn (package `webgpu`), once per process. */
export const openDawn = (): Promise<GPU> => (dawn ??= openInstalled());

async function openInstalled(): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const createGpu = (): GPU => {
    const gpu = create([]);
    made.push(gpu);
    return gpu;
  };
  const gpu = await openOn({ platform: process.platform, env: process.env, exists: existsSync, createGpu });
  const adapter = await gpu.requestAdapter();
  if (adapter?.info.isFallbackAdapter === true) restBetweenTicks();
  return gpu;
}

/**
 * Opens Dawn with a driver that works. On Linux, if no system Vulkan driver works with Dawn and the environment names none,
 * it uses the software driver of an installed Chromium.
 */
export async function openOn(machine: Machine): Promise<GPU> {
  const { platform, env, exists, createGpu } = machine;
  if (platform !== 'linux') return createGpu();
  const named = env['VK_ICD_FILENAMES'] ?? env['VK_DRIVER_FILES'];
  const software = SWIFTSHADER.find(exists);
  if (named === undefined && software !== undefined && DRIVERS.some(exists)) {
    const gpu = createGpu();
    // A system driver may have no device, or lack what Dawn needs, as Mesa's software driver before version 23.
    if (await gpu.requestAdapter()) return gpu;
  }
  const driver = named ?? software;
  if (driver !== undefined) useVulkan(driver, machine);
  return createGpu();
}

/** Makes this the only Vulkan driver that Dawn will find. */
function useVulkan(driver: string, { env, exists }: Machine): void {
  env['VK_ICD_FILENAMES'] = driver;
  const loader = join(dirname(driver), 'libvulkan.so.1');
  if (LOADERS.some(exists) || !exists(loader)) return;
  try {
    // Dawn loads libvulkan.so.1 by name. Loading Chromium's copy by its path first makes the system return this copy.
    const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
    process.dlopen({ exports: {} }, loader, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  } catch {
    // Node throws because it is not a Node addon, and closes it; RTLD_NODELETE keeps it loaded.
  }
}
