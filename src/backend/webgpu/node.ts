import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/** Where Debian's chromium keeps the software Vulkan driver it ships. */
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

// Dawn takes the process down when its GPU object is collected while something of it still lives, so all made are kept.
const made: GPU[] = [];
let dawn: Promise<GPU> | undefined;

/** WebGPU in Node, by Dawn (package `webgpu`), one instance for the whole process. */
export const openDawn = (): Promise<GPU> => (dawn ??= openInstalled());

async function openInstalled(): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const createGpu = (): GPU => {
    const gpu = create([]);
    made.push(gpu);
    return gpu;
  };
  return openOn({ platform: process.platform, env: process.env, exists: existsSync, createGpu });
}

/**
 * Opens Dawn with a driver that serves it. On a Linux machine none of whose own Vulkan drivers does, the software driver
 * beside an installed Chromium is used, unless the environment names a driver.
 */
export async function openOn(machine: Machine): Promise<GPU> {
  const { platform, env, exists, createGpu } = machine;
  if (platform !== 'linux') return createGpu();
  const named = env['VK_ICD_FILENAMES'] ?? env['VK_DRIVER_FILES'];
  const software = SWIFTSHADER.find(exists);
  if (named === undefined && software !== undefined && DRIVERS.some(exists)) {
    const gpu = createGpu();
    // A driver may be there without a device for it, or be less than Dawn asks for, as Mesa's software driver is before 23.
    if (await gpu.requestAdapter()) return gpu;
  }
  const driver = named ?? software;
  if (driver !== undefined) useVulkan(driver, machine);
  return createGpu();
}

/** Has the Vulkan drivers that are looked for next be this one. */
function useVulkan(driver: string, { env, exists }: Machine): void {
  env['VK_ICD_FILENAMES'] = driver;
  const loader = join(dirname(driver), 'libvulkan.so.1');
  if (LOADERS.some(exists) || !exists(loader)) return;
  try {
    // Dawn asks the system for libvulkan.so.1 by name. Loaded here by its path, Chromium's copy is the one it is given.
    const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
    process.dlopen({ exports: {} }, loader, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  } catch {
    // Node complains that it is no Node addon and lets go of it; RTLD_NODELETE keeps it loaded.
  }
}
