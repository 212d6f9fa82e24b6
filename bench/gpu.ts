import { create } from 'webgpu';
import { openDawn } from '../src/backend/webgpu/node';

/** Kept for good: Dawn ends the process when its GPU object is collected. */
const kept: GPU[] = [];

/** WebGPU for measuring: times of timestamp queries are not rounded, which Dawn does by default, to 65 µs on some cards. */
export async function openGpu(): Promise<GPU> {
  // Finds a driver that works, and puts the constants of WebGPU where everything looks for them.
  kept.push(await openDawn());
  const gpu = create(['disable-dawn-features=timestamp_quantization']);
  kept.push(gpu);
  return gpu;
}
