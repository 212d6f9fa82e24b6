import { openDawn } from '../src/backend/webgpu/node';

// Run while the module is loaded: prints the WebGPU adapter that Node finds here, or "none".
const adapter = await (await openDawn()).requestAdapter();
const { vendor, architecture, description } = adapter?.info ?? {};
console.log(adapter ? `adapter: ${vendor} ${architecture} ${description}` : 'none');
process.exit(0);
