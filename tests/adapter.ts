import { NoAdapterError } from '../src/backend/errors';
import { WebGpuBackend } from '../src/backend/webgpu/backend';
import { openDawn } from '../src/backend/webgpu/node';

/** Fails the whole run where no kernel could be run: a green run must have used a WebGPU adapter. */
export default async function adapterIsThere(): Promise<void> {
  try {
    const backend = await WebGpuBackend.open(await openDawn());
    console.log(`WebGPU adapter: ${backend.info.description}`);
    backend.dispose();
  } catch (error) {
    if (!(error instanceof NoAdapterError)) throw error;
    throw new Error(
      'No WebGPU adapter was found, so no kernel can be tested. On Linux without a GPU driver, `npm test` uses the software ' +
        'driver that comes with Debian’s chromium: install chromium, or name a Vulkan driver in VK_ICD_FILENAMES.',
      { cause: error },
    );
  }
}
