import { t as COST_BUDGET_BYTES } from "./cost-DHFzz3-1.mjs";
import { r as countBlockParameters, t as blockShapes } from "./block-SzSOAUuq.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { r as encode } from "./dtype-B4pdtvg3.mjs";
import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
import { i as isOutputProjection } from "./block-tensor-C1KV4ddh.mjs";
import { t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { i as isLayout, n as methodOf, r as flowOf } from "./methods-QHAmL5_U.mjs";
import { r as zeroInitOf } from "./resolve-ZTMxOvsq.mjs";
import { t as blockSpecs } from "./block-specs-DkGbg3eE.mjs";
// src/upscale/block/block-store.ts
/** New blocks of more float32 bytes in all are kept in temporary files. */
var RESIDENT_BYTES = {
	webgpu: 2 ** 30,
	cpu: 2 ** 29
};
/**
* Keeps tensors of new blocks in temporary files and brings a block's to the device when it is needed, for deeper models whose
* new blocks do not fit into memory together.
*/
var BlockStore = class {
	#backend;
	#cache;
	#scratch;
	/** @param cache of the base model's weights, so that both share one budget. */
	constructor(backend, cache, scratch) {
		this.#backend = backend;
		this.#cache = cache;
		this.#scratch = scratch;
	}
	/** Moves a tensor to a file as float32 and frees it, also on failure. @throws SinkError if there is no room. */
	async put(tensor) {
		const { shape } = tensor;
		try {
			return {
				file: await this.#scratch.write(bytesOf(await this.#backend.read(tensor))),
				shape
			};
		} finally {
			this.#backend.free(tensor);
		}
	}
	/** Returns the stored tensors of block `key` on the device, valid until `release`. */
	acquire(key, stored, signal) {
		const bytes = [...stored.values()].reduce((sum, { file }) => sum + file.size, 0);
		return this.#cache.acquire(key, bytes, () => this.#load(key, stored), signal);
	}
	release(key) {
		this.#cache.release(key);
	}
	/** Removes a block's files, and its tensors once nobody uses them. */
	drop(key, stored) {
		this.#cache.drop(key);
		for (const { file } of stored) file.remove();
	}
	async #load(block, stored) {
		const scope = new Scope(this.#backend, "weights");
		try {
			const group = /* @__PURE__ */ new Map();
			for (const [key, { file, shape }] of stored) {
				const bytes = await file.read(0, file.size);
				group.set(key, scope.own(this.#backend.upload(bytes, shape, "f32", `${block} ${key}`)));
			}
			for (const tensor of group.values()) scope.release(tensor);
			return group;
		} finally {
			scope.free();
		}
	}
};
/** Returns values as bytes, without a copy where possible, because a tensor may have hundreds of megabytes. */
function bytesOf(values) {
	const { buffer, byteOffset, byteLength } = values;
	return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : encode(values, "F32");
}
// src/amounts.ts
/** Formats a number of bytes, rounded up to whole MiB. */
var mebibytes = (bytes) => `${Math.ceil(bytes / 2 ** 20).toLocaleString("en-US")} MiB`;
// src/upscale/expanding/forecast.ts
/** Iterations of a usual solve with Anderson mixing at the default ε (docs/method.md 9.5). The true number depends on the weights. */
var ITERATIONS = 30;
/**
* Counts the work of `expand`. A cost that does not fit into its budget is computed again at every pass.
* @param parentBytes bytes of one base block as stored.
* @param residentBytes new blocks of more float32 bytes in all go to temporary files.
* @throws GapError, UpscaleError as `blockSpecs`.
*/
function expansionWork(recipe, config, { kind }, parentBytes, residentBytes = RESIDENT_BYTES[kind]) {
	const method = methodOf(recipe.method);
	const made = blockSpecs(recipe, config.layers).filter((spec) => spec.kind === "new" || spec.kind === "scaled");
	const reads = made.map((spec) => spec.kind === "new" && !isLayout(method) && method.parents === "pair" ? [spec.previous, spec.next] : [spec.kind === "new" ? spec.previous : spec.index]);
	const zeroed = zeroInitOf(recipe);
	const flow = flowOf(method);
	const shapes = blockShapes(config);
	let [operations, visits, largest] = [
		0,
		0,
		0
	];
	for (const tensor of PLANNED_TENSORS) {
		const [rows = 0, columns = 0] = shapes.get(`${tensor}.weight`) ?? [];
		if (!flow || zeroed && isOutputProjection(`${tensor}.weight`) && tensor !== "self_attn.o_proj") {
			largest = Math.max(largest, 4 * rows * columns);
			continue;
		}
		const entries = rows * rows;
		const resident = 4 * entries <= COST_BUDGET_BYTES[kind];
		const costs = resident ? 1 : 33;
		operations += 2 * entries * columns * (costs + 1);
		if (tensor.startsWith("mlp.") && tensor !== "mlp.down_proj") operations += 2 * rows * columns * config.hiddenSize;
		visits += ITERATIONS * entries;
		largest = Math.max(largest, (resident ? (kind === "cpu" ? 2 : 1) * 4 * entries : 0) + 12 * rows * columns);
	}
	const all = 4 * countBlockParameters(config) * made.length;
	const stored = all > residentBytes;
	const leased = parentBytes * Math.max(0, ...reads.map((indices) => new Set(indices).size));
	return {
		blocks: made.length,
		parents: [...new Set(reads.flat())].toSorted((a, b) => a - b),
		operations: operations * made.length,
		values: all / 4,
		visits: visits * made.length,
		deviceBytes: leased + largest + (stored ? 0 : all),
		temporaryBytes: stored ? all : 0
	};
}
/** @throws UpscaleError if the work needs more memory than the device has at most. Not every device says how much that is. */
function checkFits({ deviceBytes }, { limits }) {
	const { maxMemoryBytes: most = Infinity } = limits;
	if (deviceBytes <= most) return;
	throw new UpscaleError(`expected new blocks that can be made within the ${mebibytes(most)} that this backend has, got blocks that need ${mebibytes(deviceBytes)}. Use WebGPU on a device with more memory, or a method without plans such as average.`);
}
export { RESIDENT_BYTES as i, expansionWork as n, BlockStore as r, checkFits as t };

//# sourceMappingURL=forecast-BWZpQ-VG.mjs.map