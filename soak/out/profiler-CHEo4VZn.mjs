import { t as KernelLedger } from "./kernel-ledger-BUMNXBWT.mjs";
// src/backend/webgpu/profiler.ts
var CAPACITY = 256;
/** Times every dispatch with timestamp queries (feature `timestamp-query`) and sums the times by kernel. */
var Profiler = class {
	#set;
	#resolved;
	#staging;
	#ledger = new KernelLedger();
	#dispatches = [];
	constructor(device) {
		this.#set = device.createQuerySet({
			label: "profile",
			type: "timestamp",
			count: 2 * CAPACITY
		});
		const size = 2 * CAPACITY * 8;
		this.#resolved = device.createBuffer({
			size,
			usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC
		});
		this.#staging = device.createBuffer({
			size,
			usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
		});
	}
	get times() {
		return this.#ledger.times;
	}
	/** Returns the descriptor of a pass for this dispatch alone. Of one submission, only the first `CAPACITY` are timed. */
	pass(dispatch) {
		if (this.#dispatches.length === CAPACITY) return {};
		const at = 2 * this.#dispatches.length;
		this.#dispatches.push(dispatch);
		return { timestampWrites: {
			querySet: this.#set,
			beginningOfPassWriteIndex: at,
			endOfPassWriteIndex: at + 1
		} };
	}
	resolve(encoder) {
		const count = this.#dispatches.length;
		if (count === 0) return;
		encoder.resolveQuerySet(this.#set, 0, 2 * count, this.#resolved, 0);
		encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 16 * count);
	}
	/** Waits for the last submission and adds its times. */
	async collect() {
		const dispatches = this.#dispatches;
		this.#dispatches = [];
		if (dispatches.length === 0) return;
		const size = 16 * dispatches.length;
		await this.#staging.mapAsync(GPUMapMode.READ, 0, size);
		const stamps = new BigUint64Array(this.#staging.getMappedRange(0, size).slice(0));
		this.#staging.unmap();
		for (const [i, dispatch] of dispatches.entries()) {
			const nanoseconds = Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n));
			this.#ledger.add(dispatch.kernel.name, nanoseconds / 1e6, dispatch.work, boundBytes(dispatch));
		}
	}
	destroy() {
		this.#set.destroy();
		this.#resolved.destroy();
		this.#staging.destroy();
	}
};
/** Sizes of the buffers bound; one bound twice counts once. */
var boundBytes = ({ buffers }) => [...new Set(Object.values(buffers))].reduce((sum, { size }) => sum + size, 0);
export { Profiler };

//# sourceMappingURL=profiler-CHEo4VZn.mjs.map