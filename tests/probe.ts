import { openDawn } from '../src/backend/webgpu/node';

// When loaded, this module prints the WebGPU adapter that Node finds, or "none".
const adapter = await (await openDawn()).requestAdapter();
const { vendor, architecture, description } = adapter?.info ?? {};
console.log(adapter ? `adapter: ${vendor} ${architecture} ${description}` : 'none');
process.exit(0);
