import { t as hasInstruments } from "./instruments-BLLtqllz.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/engine/environment/bandwidth.ts
var MIB = 2 ** 20;
/** Larger than the caches of current GPUs; on processors, software adapters included, large enough and soon copied. */
var GPU_BYTES = 128 * MIB;
var CPU_BYTES = 32 * MIB;
var WIDTH = 1024;
/** The difference of two measurements must be this long, so that waiting for the device does not blur it. */
var ENOUGH_MS = 20;
/** No further measurement starts after this time. */
var LIMIT_MS = 100;
/**
* Measures how fast copies in the memory of a device of this kind are. It is another one than the engine's, so that neither memory
* nor kernels of the measurement are taken for the engine's.
*/
async function copyBandwidth(environment, kind) {
	const backend = await environment.openBackend(kind);
	try {
		if (hasInstruments(backend)) return await measure(backend);
		throw new RequestError("bandwidth: expected a backend that copies in WGSL or WebAssembly, got the plain TypeScript one. Use a browser with WebAssembly SIMD.");
	} finally {
		backend.dispose();
	}
}
/**
* Measures by the wall clock: the difference of many and of few copies has none of the fixed time of waiting. Timestamp queries are
* no better, because browsers round them to a tenth of a millisecond.
*/
async function measure(backend) {
	const { kind, software, maxTensorBytes } = backend.info;
	const rows = Math.floor(Math.min(kind === "webgpu" && !software ? GPU_BYTES : CPU_BYTES, maxTensorBytes) / (4 * WIDTH));
	const bytes = 4 * WIDTH * rows;
	const source = backend.zeros([rows, WIDTH], "copy source");
	const target = backend.zeros([rows, WIDTH], "copy target");
	const probe = backend.zeros([1], "probe");
	const copy = async (times) => {
		const started = performance.now();
		for (let i = 0; i < times; i++) backend.copy(source, target);
		await backend.read(probe);
		return performance.now() - started;
	};
	await copy(1);
	const started = performance.now();
	for (let times = 1;; times *= 4) {
		const few = await copy(times);
		const difference = await copy(3 * times) - few;
		const last = performance.now() - started >= LIMIT_MS;
		if (difference < ENOUGH_MS && !last) continue;
		const milliseconds = difference > 0 ? difference : 2 * few;
		return {
			bytesPerSecond: 2e3 * bytes * 2 * times / milliseconds,
			bytes
		};
	}
}
export { copyBandwidth };

//# sourceMappingURL=bandwidth-b9kIEwf6.mjs.map