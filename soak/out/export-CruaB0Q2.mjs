import { a as SinkError, i as CheckpointError, n as decode, r as encode, t as bytesPerValue } from "./dtype-B4pdtvg3.mjs";
import { T as expansionOf, V as progress, g as INDEX_NAME, n as unshared, v as firstNonFinite, w as trainings } from "./cycles.mjs";
import { n as readHeader, t as byteLength } from "./header-XFeQ-0Eu.mjs";
import { _ as pipe, a as array, b as union, c as integer, d as looseObject, f as minLength, g as picklist, h as object, l as length, m as number$2, o as check, p as nullable, r as DTYPES, s as exactOptional, t as parseRecipe, u as literal, v as strictTuple, y as string } from "./recipe-Ccn9VQCU.mjs";
import { s as kindLists, t as architectureOf } from "./config-CXJ0uD7x.mjs";
import { i as isLayout, n as methodOf, r as flowOf } from "./methods-QHAmL5_U.mjs";
import { r as gapName } from "./parents-DhyobVmO.mjs";
import { i as countParameters } from "./block-SzSOAUuq.mjs";
import { n as flowSolver, r as takesEpsilonFromCost, t as flowCost } from "./matching-BvFRYSX9.mjs";
import { i as isOutputProjection } from "./block-tensor-C1KV4ddh.mjs";
import { n as toSlices, t as blockSpecs } from "./block-specs-DkGbg3eE.mjs";
import { t as storedAs } from "./stored-as-DeNKq17j.mjs";
import { i as tensorsToWrite, r as savedTensors, t as isRounded } from "./save-2iNNY8tE.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/checkpoint/sha256.ts
/** The first 32 bits of the fractional parts of the `root`-th roots (2 or 3) of the first `count` primes, as FIPS 180-4 has them. */
function fractions(count, root) {
	const words = new Int32Array(count);
	for (let found = 0, n = 2; found < count; n++) {
		let isPrime = true;
		for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
		if (!isPrime) continue;
		const value = root === 2 ? Math.sqrt(n) : Math.cbrt(n);
		words[found++] = Math.floor((value - Math.floor(value)) * 2 ** 32);
	}
	return words;
}
var START = fractions(8, 2);
var ROUND = fractions(64, 3);
var BLOCK = 64;
/**
* SHA-256 (FIPS 180-4) of bytes that come in pieces, which `crypto.subtle` cannot hash. Gives what `sha256sum` prints and what
* the Hub names large files by.
*/
var Sha256 = class {
	#state = START.slice();
	#schedule = /* @__PURE__ */ new Int32Array(64);
	/** Bytes that do not fill a block yet. */
	#rest = new Uint8Array(BLOCK);
	#total = 0;
	update(bytes) {
		const held = this.#total % BLOCK;
		this.#total += bytes.byteLength;
		let at = 0;
		if (held > 0) {
			at = Math.min(BLOCK - held, bytes.byteLength);
			this.#rest.set(bytes.subarray(0, at), held);
			if (held + at < BLOCK) return;
			this.#compress(this.#rest, 0, BLOCK);
		}
		const end = at + Math.floor((bytes.byteLength - at) / BLOCK) * BLOCK;
		this.#compress(bytes, at, end);
		this.#rest.set(bytes.subarray(end));
	}
	hex() {
		const bits = BigInt(this.#total) * 8n;
		const held = this.#total % BLOCK;
		const padding = new Uint8Array((held < 56 ? BLOCK : 128) - held);
		padding[0] = 128;
		new DataView(padding.buffer).setBigUint64(padding.byteLength - 8, bits);
		this.update(padding);
		return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
	}
	#compress(bytes, start, end) {
		const w = this.#schedule;
		const state = this.#state;
		let [h0 = 0, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0] = state;
		for (let at = start; at < end; at += BLOCK) {
			for (let i = 0, j = at; i < 16; i++, j += 4) w[i] = bytes[j] << 24 | bytes[j + 1] << 16 | bytes[j + 2] << 8 | bytes[j + 3];
			for (let i = 16; i < 64; i++) {
				const x = w[i - 15];
				const y = w[i - 2];
				const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
				const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
				w[i] = w[i - 16] + s0 + w[i - 7] + s1 | 0;
			}
			let a = h0;
			let b = h1;
			let c = h2;
			let d = h3;
			let e = h4;
			let f = h5;
			let g = h6;
			let h = h7;
			for (let i = 0; i < 64; i++) {
				const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
				const t1 = h + s1 + (g ^ e & (f ^ g)) + ROUND[i] + w[i] | 0;
				const t2 = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b | c & (a | b)) | 0;
				h = g;
				g = f;
				f = e;
				e = d + t1 | 0;
				d = c;
				c = b;
				b = a;
				a = t1 + t2 | 0;
			}
			h0 = h0 + a | 0;
			h1 = h1 + b | 0;
			h2 = h2 + c | 0;
			h3 = h3 + d | 0;
			h4 = h4 + e | 0;
			h5 = h5 + f | 0;
			h6 = h6 + g | 0;
			h7 = h7 + h | 0;
		}
		state.set([
			h0,
			h1,
			h2,
			h3,
			h4,
			h5,
			h6,
			h7
		]);
	}
};
/**
* Returns the SHA-256 of bytes that are all there, in lower-case hexadecimal. The platform computes it where it can: much faster
* than `Sha256`, and beside this thread. `bytes` are read before the call returns.
*/
async function sha256(bytes) {
	const subtle = globalThis.crypto?.subtle;
	if (subtle === void 0) {
		const hash = new Sha256();
		hash.update(bytes);
		return hash.hex();
	}
	const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
// src/checkpoint/shard-plan.ts
/** Returns the bytes of an output tensor. */
function outBytes({ dtype, shape }) {
	return byteLength(shape, bytesPerValue(dtype) ?? 0);
}
/**
* Distributes tensors in order over files with at most `shardBytes` of data; a larger tensor gets its own file.
* @throws CheckpointError for duplicate names, unknown dtypes, copies of another dtype or shape, or missing data.
*/
function planShards(tensors, shardBytes) {
	checkTensors(tensors);
	const groups = [[]];
	let filled = 0;
	for (const tensor of tensors) {
		const bytes = outBytes(tensor);
		if (filled > 0 && filled + bytes > shardBytes) {
			groups.push([]);
			filled = 0;
		}
		groups.at(-1)?.push(tensor);
		filled += bytes;
	}
	return groups.map((group, index) => makeShard(shardName(index, groups.length), group));
}
function shardName(index, count) {
	if (count === 1) return "model.safetensors";
	return `model-${fiveDigits(index + 1)}-of-${fiveDigits(count)}.safetensors`;
}
function fiveDigits(n) {
	return String(n).padStart(5, "0");
}
function makeShard(name, group) {
	const tensors = [...group].sort((a, b) => (bytesPerValue(b.dtype) ?? 0) - (bytesPerValue(a.dtype) ?? 0));
	const entries = [["__metadata__", { format: "pt" }]];
	let end = 0;
	for (const tensor of tensors) {
		const begin = end;
		end += outBytes(tensor);
		entries.push([tensor.name, {
			dtype: tensor.dtype,
			shape: tensor.shape,
			data_offsets: [begin, end]
		}]);
	}
	const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
	const length = Math.ceil(json.byteLength / 8) * 8;
	const header = new Uint8Array(8 + length).fill(32);
	new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
	header.set(json, 8);
	return {
		name,
		tensors,
		header,
		bytes: end
	};
}
function checkTensors(tensors) {
	const names = /* @__PURE__ */ new Set();
	for (const tensor of tensors) {
		const { name, dtype, shape, copyOf, convert, data } = tensor;
		const fail = (expected, got) => {
			throw new CheckpointError(`tensor ${name}: expected ${expected}, got ${got}. Correct the list of tensors.`);
		};
		if (names.has(name)) fail("every name once", "it twice");
		names.add(name);
		if (name === "__metadata__") fail("a tensor name", "one that the format reserves");
		if (bytesPerValue(dtype) === void 0) fail("a known dtype", dtype);
		if (!shape.every((n) => Number.isInteger(n) && n >= 0) || outBytes(tensor) === Infinity) fail("a shape of whole numbers", `[${shape.join(", ")}]`);
		if (copyOf === void 0 === (data === void 0)) fail("either a tensor to copy or data", copyOf === void 0 ? "neither" : "both");
		const differs = convert === void 0 && copyOf?.dtype !== dtype;
		if (copyOf !== void 0 && (differs || copyOf.shape.join() !== shape.join())) fail(`a copy of ${dtype} [${shape.join(", ")}]`, `${copyOf.dtype} [${copyOf.shape.join(", ")}]`);
	}
}
// src/checkpoint/verify.ts
/** A file as it was handed to the sink, hashed piece by piece on the way. */
var WrittenFile = class {
	name;
	pieces = [];
	constructor(name) {
		this.name = name;
	}
	get bytes() {
		return this.pieces.reduce((sum, { bytes }) => sum + bytes, 0);
	}
	async add(bytes, tensor) {
		const piece = {
			bytes: bytes.byteLength,
			sha256: await sha256(unshared(bytes))
		};
		this.pieces.push(tensor === void 0 ? piece : {
			...piece,
			tensor
		});
	}
};
/**
* Reads files back and compares them with what was written: their sizes, the headers of weight files (parsed again), and the
* SHA-256 of all bytes, tensor by tensor.
* @throws SinkError naming the first file and tensor that differs; CheckpointError for a header; SourceError; the signal's reason.
*/
async function verifyFiles(files, written, { newHash, signal, onProgress }) {
	const total = written.reduce((sum, { bytes }) => sum + bytes, 0);
	let done = 0;
	const verified = [];
	for (const file of written) {
		const source = await files.open(file.name, signal);
		if (source?.size !== file.bytes) throw changed(file.name, `${file.bytes} bytes`, source ? `${source.size}` : "no file");
		const starts = await tensorStarts(file, source, signal);
		const whole = newHash();
		let at = 0;
		let last;
		for (const piece of file.pieces) {
			const { tensor } = piece;
			const start = tensor === last || tensor === void 0 ? at : starts.get(tensor.name) ?? NaN;
			const what = tensor === void 0 ? `at byte ${at}` : `tensor ${tensor.name}`;
			if (start !== at) throw changed(file.name, `${what} at byte ${at}`, `it at ${start}`);
			const bytes = await source.read(at, piece.bytes, signal);
			const found = await sha256(unshared(bytes));
			if (found !== piece.sha256) throw changed(file.name, `${what} with SHA-256 ${piece.sha256}`, `SHA-256 ${found}`);
			whole.update(bytes);
			at += piece.bytes;
			last = tensor;
			done += piece.bytes;
			onProgress?.(done / total);
		}
		verified.push({
			name: file.name,
			bytes: at,
			sha256: whole.hex()
		});
	}
	return verified;
}
/** Reads a weight file's header again, compares it with the tensors that were written and returns where each starts. */
async function tensorStarts({ name, pieces }, source, signal) {
	const tensors = new Set(pieces.flatMap(({ tensor }) => tensor ? [tensor] : []));
	if (tensors.size === 0) return /* @__PURE__ */ new Map();
	const found = new Map((await readHeader(source, signal)).map((tensor) => [tensor.name, tensor]));
	for (const tensor of tensors) {
		const [expected, got] = [tensor, found.get(tensor.name)].map((t) => t && `${t.dtype} [${t.shape.join(", ")}]`);
		if (expected !== got) throw changed(name, `tensor ${tensor.name} as ${expected}`, got ?? "none");
	}
	return new Map([...found].map(([key, { offset }]) => [key, offset]));
}
var changed = (file, expected, got) => new SinkError(`${file}: expected to read back what was written, ${expected}, got ${got}. The disk or another program changed it: export again, to another place.`);
// src/checkpoint/write.ts
/** As transformers and mergekit. */
var DEFAULT_SHARD_BYTES = 5e9;
/** A multiple of every dtype's size, so that no value is split. */
var CHUNK_BYTES = 16 * 2 ** 20;
/** Files that are copied unchanged from source to export, if they exist. */
var COPIED_FILES = [
	"tokenizer.json",
	"tokenizer_config.json",
	"special_tokens_map.json",
	"tokenizer.model",
	"added_tokens.json",
	"vocab.json",
	"merges.txt",
	"chat_template.jinja",
	"chat_template.json",
	"generation_config.json",
	"LICENSE"
];
/**
* Writes a checkpoint that `from_pretrained` opens: weights, index if there are shards, copied files, documents and, last,
* config.json. Then reads everything back, if the sink can, and compares it (`verifyFiles`). Removes everything on failure or cancellation.
* @throws CheckpointError if tensors are not valid or contain NaN or infinity; SourceError and SinkError from source and sink,
*   SinkError also if something else is read back than was written; the signal's reason.
*/
async function writeCheckpoint(sink, contents, options = {}) {
	const shards = planShards(contents.tensors, contents.shardBytes ?? DEFAULT_SHARD_BYTES);
	const output = new Output(sink, shards, options);
	try {
		for (const shard of shards) await output.shard(shard);
		if (shards.length > 1) await output.text(INDEX_NAME, indexText(shards));
		for (const name of COPIED_FILES) {
			const source = await contents.copyFrom.open(name, options.signal);
			if (source !== void 0) await output.copy(name, source);
		}
		for (const [name, text] of Object.entries(contents.documents)) await output.text(name, text);
		const { config } = contents;
		await output.text("config.json", typeof config === "string" ? config : `${JSON.stringify(config, null, 2)}\n`);
		options.signal?.throwIfAborted();
		const { signal, onVerify: onProgress, newHash = () => new Sha256() } = options;
		const back = await sink.finish();
		const files = back ? await verifyFiles(back, output.files, {
			newHash,
			signal,
			onProgress
		}) : output.files.map(({ name, bytes }) => ({
			name,
			bytes
		}));
		options.signal?.throwIfAborted();
		await sink.commit();
		options.onProgress?.(1);
		const { tensors } = contents;
		const unchanged = tensors.filter(({ copyOf, convert }) => copyOf && !convert).length;
		return {
			files,
			bytes: files.reduce((sum, file) => sum + file.bytes, 0),
			tensors: tensors.length,
			unchanged
		};
	} catch (error) {
		await sink.abort().catch(() => void 0);
		throw error;
	}
}
function indexText(shards) {
	const total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
	const map = shards.flatMap(({ name, tensors }) => tensors.map((tensor) => [tensor.name, name]));
	const index = {
		metadata: { total_size: total },
		weight_map: Object.fromEntries(map)
	};
	return `${JSON.stringify(index, null, 2)}\n`;
}
/** Writes files one after the other, hashes what it writes and counts progress. */
var Output = class {
	files = [];
	#sink;
	#signal;
	#onProgress;
	#total;
	#done = 0;
	constructor(sink, shards, options) {
		this.#sink = sink;
		this.#signal = options.signal;
		this.#onProgress = options.onProgress;
		this.#total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
	}
	async shard(shard) {
		await this.#file(shard.name, async (file) => {
			await this.#write(file, shard.header);
			for (const tensor of shard.tensors) if (tensor.data !== void 0) await this.#writeData(file, tensor, await tensor.data());
			else await this.#writeCopy(file, tensor);
		});
	}
	async text(name, text) {
		await this.#file(name, (file) => this.#write(file, new TextEncoder().encode(text)));
	}
	async copy(name, source) {
		await this.#file(name, async (file) => {
			for (const [start, length] of chunks(source.size)) await this.#write(file, await source.read(start, length, this.#signal));
		});
	}
	async #file(name, fill) {
		this.#signal?.throwIfAborted();
		const writer = await this.#sink.create(name);
		const written = new WrittenFile(name);
		await fill({
			writer,
			written
		});
		await writer.close();
		this.files.push(written);
	}
	async #writeData(file, tensor, bytes) {
		const expected = outBytes(tensor);
		if (bytes.byteLength !== expected) throw new CheckpointError(`tensor ${tensor.name}: expected ${expected} bytes for ${tensor.dtype} [${tensor.shape.join(", ")}], got ${bytes.byteLength}. Report this as a bug, with the recipe.`);
		for (const [start, length] of chunks(expected)) await this.#writeChunk(file, tensor, bytes.subarray(start, start + length), start);
	}
	async #writeCopy(file, tensor) {
		const { copyOf, convert } = tensor;
		if (copyOf === void 0) return;
		let written = 0;
		for (const [start, length] of chunks(copyOf.bytes)) {
			const read = await copyOf.source.read(copyOf.offset + start, length, this.#signal);
			const bytes = convert?.(read) ?? read;
			await this.#writeChunk(file, tensor, bytes, written);
			written += bytes.byteLength;
		}
	}
	async #writeChunk(file, tensor, bytes, from) {
		const index = firstNonFinite(bytes, tensor.dtype);
		if (index >= 0) {
			const element = index + from / (bytesPerValue(tensor.dtype) ?? 1);
			const next = tensor.copyOf === void 0 ? `The new values do not fit into ${tensor.dtype}: export in exact float32 instead, or choose another method.` : `It is so in ${tensor.copyOf.file}: fetch that file again.`;
			throw new CheckpointError(`tensor ${tensor.name}: expected finite ${tensor.dtype} values, got NaN or infinity at element ${element}. ${next}`);
		}
		await this.#write(file, bytes, tensor);
		this.#done += bytes.byteLength;
		this.#onProgress?.(this.#done / this.#total);
	}
	/** Hashes first, because the sink may keep or change the bytes. */
	async #write({ writer, written }, bytes, tensor) {
		this.#signal?.throwIfAborted();
		await written.add(bytes, tensor);
		await writer.write(bytes);
	}
};
/** Yields start and length of the chunks of `total` bytes. */
function* chunks(total) {
	for (let start = 0; start < total; start += CHUNK_BYTES) yield [start, Math.min(CHUNK_BYTES, total - start)];
}
// src/upscale/saving/deeper-config.ts
/** Keys of lists that never have one entry per block, whatever their length. */
var NOT_PER_LAYER = /^(architectures|.*_token_ids?|.*_ids|suppress_tokens|begin_suppress_tokens|task_specific_params)$/;
/** Nested objects whose lists run over rotary frequencies or modules, not over blocks. */
var OTHER_PARTS = /^(rope_scaling|rope_parameters|quantization_config|auto_map)$/;
/** A string or a number of a JSON text. */
var SCALARS = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d[\d.eE+-]*/g;
/**
* Makes config.json of the deeper model: the new depth, and lists with one entry per block (such as `layer_types`, also in
* nested objects) in the new order. Numbers are written as they stand in `text`, `4.0` and not `4`, because some readers tell
* them apart, and all their digits are kept.
* @param text config.json of the base model.
* @param sources the base block whose entry each block takes (see `Expansion`).
* @param layers number of base blocks.
* @param changes fields that replace those of the base model.
*/
function deeperConfig(text, sources, layers, changes = {}) {
	let mark = "#";
	while (text.includes(mark)) mark += "#";
	const marked = text.replace(SCALARS, (scalar) => scalar.startsWith("\"") ? scalar : `"${mark}${scalar}"`);
	const config = JSON.parse(marked);
	const isDepth = (value) => typeof value === "string" && value.startsWith(mark) && Number(value.slice(mark.length)) === layers;
	const deeper = {
		...lengthen(config, sources, layers, isDepth),
		...changes
	};
	return `${JSON.stringify(deeper, null, 2).replace(new RegExp(`"${mark}([^"]*)"`, "g"), "$1")}\n`;
}
/** Names of the dtype of a model's weights in config.json, in older and in recent versions of transformers. */
var DTYPE_KEYS = ["torch_dtype", "dtype"];
/**
* Returns the fields of config.json that name the dtype of weights, for a model that is not saved in its base's; none without a
* dtype. transformers up to version 4 reads `torch_dtype`, version 5 either.
*/
function dtypeFields(config, dtype) {
	if (dtype === void 0) return {};
	const named = DTYPE_KEYS.filter((key) => Object.hasOwn(config, key));
	const keys = named.length > 0 ? named : DTYPE_KEYS.slice(0, 1);
	return Object.fromEntries(keys.map((key) => [key, dtype]));
}
/**
* Returns the fields of the deeper model's config.json that say what its blocks are where the base's gives that by a rule, such as
* every fourth or those from `max_window_layers` on: in the deeper model the rule would give other blocks a window, or none.
* @param sources the base block whose settings each block takes.
*/
function kindFields(raw, config, sources) {
	const { layers, kinds } = config;
	const lists = Object.entries(kindLists(architectureOf(config), kinds)).filter(([key]) => (raw[key] ?? null) === null).map(([key, list]) => [key, sources.map((index) => list[index])]);
	const start = raw["max_window_layers"];
	if (typeof start !== "number") return Object.fromEntries(lists);
	const before = sources.filter((index) => index < start).length + Math.max(0, start - layers);
	return {
		...Object.fromEntries(lists),
		max_window_layers: before
	};
}
function lengthen(part, order, layers, isDepth) {
	const entries = Object.entries(part).map(([key, value]) => {
		if (key === "num_hidden_layers" && isDepth(value)) return [key, order.length];
		if (Array.isArray(value)) {
			const list = value;
			return [key, list.length === layers && !NOT_PER_LAYER.test(key) ? order.map((index) => list[index]) : list];
		}
		return [key, typeof value === "object" && value !== null && !OTHER_PARTS.test(key) ? lengthen(value, order, layers, isDepth) : value];
	});
	return Object.fromEntries(entries);
}
// src/upscale/saving/card-settings.ts
/** The settings of a recipe that its method reads, in words. */
function settingRows(recipe) {
	const { solver, seed, alpha } = recipe;
	const method = methodOf(recipe.method);
	const { reads } = method;
	const weights = alpha === .5 || !reads.includes("alpha") ? [] : [["weight of the previous block", String(alpha)]];
	const flow = flowOf(method);
	if (!flow) return reads.includes("seed") ? [...weights, ["seed", String(seed)]] : weights;
	const used = flowSolver(flow, recipe);
	const cost = ["cost", costWords(flowCost(flow, recipe.cost), recipe.cost)];
	if (used.kind === "exact") return [
		...weights,
		cost,
		["solver", "exact assignment"]
	];
	const names = {
		entropic: "log-domain Sinkhorn",
		unbalanced: `unbalanced Sinkhorn, ρ = ${solver.rho}`
	};
	const name = used.kind === "progot" ? `ProgOT, ${solver.steps} steps, ${solver.schedule} schedule` : names[used.kind];
	const mixed = solver.acceleration === "anderson" && used.kind !== "unbalanced" ? ", Anderson mixing" : "";
	const limits = `L1 column error ≤ ${solver.tolerance}, at most ${solver.maxIterations} iterations, seed ${seed}`;
	return [
		...weights,
		cost,
		["ε", epsilonWords(flow, recipe)],
		["solver", `${name}${mixed}, ${limits}`]
	];
}
var METRICS = {
	euclidean: "Euclidean distance",
	squared: "squared Euclidean distance",
	cosine: "1 − cosine"
};
function costWords({ metric, rows, scale }, { features, text, tokens }) {
	const divided = scale === "none" ? "" : `, divided by its ${scale}`;
	if (features === "weights") return `${METRICS[metric]} between weight rows${rows === "unit" ? " of unit norm" : ""}${divided}`;
	return `${metric === "cosine" ? "1 − correlation" : METRICS[metric]} between activations${metric === "cosine" ? "" : " (centred, at unit length)"} of the base model’s neurons on the last ${tokens} tokens of ${textWords(text)}${divided}`;
}
/** Names of texts. A `file:` text also shows its digest, because two files may have the same name. */
function textWords(text) {
	const [, name, digest] = /^file:(.*)@(.*)$/.exec(text) ?? [];
	return name === void 0 ? `the shipped text ${text}` : `\`${name}\` (SHA-256 ${digest} …)`;
}
function epsilonWords(flow, { solver }) {
	if (!takesEpsilonFromCost(flow, solver)) return `${solver.epsilon} (in units of the cost)`;
	if (solver.targetPerplexity === null || solver.kind === "unbalanced" || solver.kind === "progot") return `${solver.spread} times the standard deviation of each cost`;
	return `chosen for each tensor so that the plan perplexity is ${solver.targetPerplexity} of its rows`;
}
// src/upscale/saving/repository-name.ts
/** Returns the Hub repository of an address, or the name unchanged if it is no Hub address. */
function repositoryName(name) {
	const [, repository] = /^https:\/\/huggingface\.co\/([^/]+\/[^/]+)(\/|$)/.exec(name) ?? [];
	return repository ?? name;
}
// src/upscale/saving/card.ts
/**
* Returns the text of interlayer.json: the recipe, indices of new blocks and of copies of base blocks, and the trained
* tensors. After a training no block is listed as a copy, because training may have changed it.
*/
function recipeText(recipe, { newLayers, duplicates }, trained) {
	const copies = duplicates.size > 0 && !trained ? { duplicates: Object.fromEntries(duplicates) } : {};
	return `${JSON.stringify({
		...recipe,
		newLayers,
		...copies,
		...trained ? { trained } : {}
	}, null, 2)}\n`;
}
var thousands = (count) => count.toLocaleString("en-US");
var plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
/** Returns the model card (README.md) of a deeper checkpoint. `yaml` is the mergekit configuration of the same model, if there is one. */
function modelCard(facts, yaml) {
	const { expansion, recipe, config } = facts;
	const method = methodOf(expansion.method);
	const base = repositoryName(facts.baseName);
	return `---
library_name: transformers
${licenceLines(facts.baseCard)}base_model: ${JSON.stringify(base)}
tags:
- ${architectureOf(config).modelType}
- depth-up-scaling
- interlayer
---

# ${base}, ${expansion.places.length} blocks

A depth up-scaled copy of ${base}: ${config.layers} blocks became ${expansion.places.length}, ${thousands(countParameters(config))} parameters
became ${thousands(expansion.parameters)}. ${facts.trained ? `It was trained since for ${plural(facts.trained.steps, "step")}` : "It has **not been trained** since"}. Made with Interlayer; \`interlayer.json\` beside this
file is the complete recipe.

| | |
| --- | --- |
| method | \`${method.id}\`: ${method.title} |
${[...placeRows(expansion), ...settingRows(recipe)].map(([name, value]) => `| ${name} | ${value} |\n`).join("")}
## What the new blocks are

${method.meaning}${!isLayout(method) && method.parents === "pair" ? inheritance(recipe) : ""}

${effect(expansion)}
${yaml === void 0 ? "" : mergekitSection(yaml)}${lossSection(facts)}
## Training

${facts.trained ? trainedWords(facts.trained, recipe) : training(facts)}

\`train.py\` beside this file trains ${facts.trained ? "on" : "it"}, on one GPU or several: see \`train.md\`.

## Precision

${precision(facts)}

## Sources

* Cao, Aletras, Wang, *Progressive Depth Up-scaling via Optimal Transport*, [arXiv 2508.08011](https://arxiv.org/abs/2508.08011).
${(method.sources ?? []).map((source) => `* ${source}\n`).join("")}
The licence is the base model's${licenceLines(facts.baseCard) === "" ? ": see there" : ", as named above"}.
`;
}
function placeRows({ method, gaps, newLayers, duplicates, zeroInit, sources }) {
	if (isLayout(methodOf(method))) {
		const copies = [...duplicates].map(([index, of]) => `${index} (of ${of})`);
		return [["base block of every block", sources.join(", ")], ...copies.length > 0 ? [["further copies", copies.join(", ")]] : []];
	}
	return [
		["gaps", gaps.map((gap) => gapName(gap, Math.max(...sources) + 1)).join(", ")],
		["new blocks in this model", newLayers.map((index) => `model.layers.${index}`).join(", ")],
		["output projections of new blocks", zeroInit ? "zero" : "not zeroed"]
	];
}
function inheritance({ parents }) {
	const chosen = Object.entries(parents).map(([gap, [previous, next]]) => `gap ${gapName(Number(gap))}: ${previous} and ${next}`);
	return chosen.length > 0 ? ` Both parents of a new block are base blocks: those on both sides of its gap, but for ${chosen.join("; ")}.` : " Both parents of a new block are base blocks: those on both sides of its gap.";
}
function effect({ preserving, zeroInit, method }) {
	if (preserving && !isLayout(methodOf(method)) && zeroInit) return "`o_proj` and `down_proj` of every new block are zero, so each new block passes its input through unchanged and the model computes what its base computes until it is trained.";
	if (preserving) return "The model computes what its base computes until it is trained: what was added passes its input through unchanged.";
	return isLayout(methodOf(method)) ? "The order of blocks is not the base model’s: the model computes something else than its base, and is usually worse until it is trained." : "The output projections are not zeroed: the new blocks change what the model computes, and it is usually worse than its base until it is trained.";
}
var mergekitSection = (yaml) => `
## The same with mergekit

\`mergekit.yaml\` beside this file is

\`\`\`yaml
${yaml}\`\`\`
`;
/** The lines of a card's front matter that name its licence; empty if there are none. */
function licenceLines(card = "") {
	const [, front = ""] = /^---\r?\n([^]*?)\r?\n---/.exec(card) ?? [];
	return front.split(/\r?\n/).filter((line) => /^license(_name|_link)?:\s*\S/.test(line)).map((line) => `${line}\n`).join("");
}
function lossSection({ losses, trained }) {
	const rows = losses ? [
		["base model", losses.base.toFixed(4)],
		["this model, as computed", losses.exact.toFixed(4)],
		["this model, as saved", losses.saved.toFixed(4)]
	] : [];
	const trainedRows = Object.entries(trained?.losses ?? {}).map(([name, [before, after]]) => [`${name}, before and after training`, `${before.toFixed(4)}, ${after.toFixed(4)}`]);
	if (rows.length + trainedRows.length === 0) return "";
	return `
## Losses

Mean loss per token in nats${losses ? `, on ${thousands(losses.tokens)} tokens of ${losses.text}` : ""}.

| | |
| --- | --- |
${[...rows, ...trainedRows].map(([name, value]) => `| ${name} | ${value} |\n`).join("")}`;
}
function precision({ tensors, trained, recipe: { dtype, outDtype } }) {
	const stored = outDtype ?? dtype;
	if (stored !== null) return dtype === null || dtype === stored ? `All tensors are stored in ${stored}, rounded to nearest even.` : `All tensors are rounded to ${dtype}, to nearest even, and stored in ${stored}.`;
	const computed = new Set(tensors.flatMap(({ values, dtype }) => values ? [dtype] : []));
	const others = `All tensors of the base model${trained ? " that were not trained" : ""} are byte for byte the base's, and so are exact copies of them.`;
	if (computed.size === 0) return others;
	const which = `Tensors that were computed${trained ? " or trained" : ""}`;
	return computed.size === 1 && computed.has("F32") ? `${others} ${which} are in float32, exactly; load with \`dtype=torch.float32\` for these values.` : `${others} ${which} are rounded to nearest even from float32 to the base's ${[...computed].join(" and ")}.`;
}
function trainedWords({ steps, tokens, parameters, tensors, texts }, { training: { rate, schedule, weightDecay, batch, accumulation, context, seed } }) {
	return `Trained for ${plural(steps, "step")} of AdamW on ${thousands(tokens)} tokens of ${texts.join(" and ")}: batches of
${batch * accumulation} windows of ${context} tokens, learning rate ${rate} (${schedule}), weight decay ${weightDecay}, seed ${seed}.
${thousands(parameters)} parameters in ${plural(tensors.length, "tensor")} were trained and all others frozen.`;
}
function training({ expansion, config }) {
	const { newLayers, blocks } = expansion;
	if (methodOf(expansion.method).trains === "all") return "Published uses of this method train the whole model.";
	const prefix = architectureOf(config).layers;
	const names = [...blocks[0]?.tensors.keys() ?? []];
	return `Depth up-scaling as published trains the new blocks only and freezes the rest:

\`\`\`python
new_layers = [${newLayers.join(", ")}]
for name, parameter in model.named_parameters():
    parameter.requires_grad = any(name.startswith(f"${prefix}{i}.") for i in new_layers)
\`\`\`

That is ${plural(names.length * blocks.length, "tensor")}: in each of the new blocks
${names.map((name) => `\`${name}\``).join(", ")}.`;
}
// src/recipe/mergekit.ts
var number = number$2("expected a number; a list of values that change from block to block is written as one slice for each block");
var Filter = object({
	filter: exactOptional(string()),
	value: number
});
var Setting = union([
	number,
	Filter,
	array(Filter)
], (issue) => typeof issue.input === "object" ? "expected a number, or filters with one number each; values that change from block to block are written as one slice for each block" : "expected a number, or filters with one number each");
var Parameters = exactOptional(nullable(looseObject({ scale: exactOptional(Setting) })));
var Source = looseObject({
	model: pipe(string(), check((name) => !name.includes("+"), "expected a model without an adapter: merge it into the model first")),
	layer_range: strictTuple([pipe(number$2(), integer()), pipe(number$2(), integer())]),
	parameters: Parameters
});
var OutSlice = looseObject({
	sources: pipe(array(Source), length(1, "expected one source in every slice, as passthrough takes them")),
	parameters: Parameters
});
var dtype = exactOptional(nullable(picklist(DTYPES, `expected ${DTYPES.join(", ")}`)));
looseObject({
	merge_method: literal("passthrough", "expected passthrough"),
	slices: pipe(array(OutSlice, "expected slices, each with a source and its layer_range"), minLength(1, "expected at least one slice")),
	parameters: Parameters,
	base_model: exactOptional(nullable(string())),
	tokenizer_source: exactOptional(nullable(string())),
	tokenizer: exactOptional(nullable(looseObject({ source: exactOptional(nullable(string())) }))),
	chat_template: exactOptional(nullable(string())),
	dtype,
	out_dtype: dtype
});
/** Writes a configuration for mergekit's own tool. */
function writeMergekit({ model, slices, dtype, outDtype }) {
	const parts = slices.map(({ start, end, scale }) => `  - sources:
      - model: ${/^[\w./-]*[\w/-]$/.test(model) && !/^[-.\d]/.test(model) ? model : JSON.stringify(model)}
        layer_range: [${start}, ${end}]
${scale === void 0 || scale === null || scale === 1 ? "" : scaling(scale)}`);
	const dtypes = [dtype ? `dtype: ${dtype}\n` : "", outDtype ? `out_dtype: ${outDtype}\n` : ""].join("");
	return `slices:\n${parts.join("")}merge_method: passthrough\n${dtypes}`;
}
function scaling(scale) {
	return `        parameters:\n          scale:\n${(typeof scale === "number" ? [
		{
			filter: "o_proj",
			value: scale
		},
		{
			filter: "down_proj",
			value: scale
		},
		{ value: "1.0" }
	] : scale).map((one) => "filter" in one && one.filter !== void 0 ? `            - filter: ${/^[a-z]\w*[._][\w.]*$/i.test(one.filter) ? one.filter : JSON.stringify(one.filter)}\n              value: ${one.value}\n` : `            - value: ${one.value}\n`).join("")}`;
}
// src/upscale/saving/mergekit.ts
/**
* Returns the mergekit configuration that makes the same model: every block a base block, with its output projections scaled.
* Undefined where none does, because a new block has tensors that mergekit's passthrough does not compute.
* @param layers number of base blocks. @param model name of the base model.
*/
function mergekitText(expansion, recipe, layers, model) {
	const { dtype, outDtype } = recipe;
	const dtypes = {
		...dtype ? { dtype } : {},
		...outDtype ? { outDtype } : {}
	};
	const steps = isLayout(methodOf(recipe.method)) ? ofLayout(recipe, layers) : ofPlaces(expansion);
	if (!steps.every((step) => step !== void 0)) return void 0;
	return `${model.includes("/") ? "" : `# ${model} is a folder: put its path there, or the repository of the base model.\n`}${writeMergekit({
		model,
		slices: toSlices(steps),
		...dtypes
	})}`;
}
var ofLayout = (recipe, layers) => blockSpecs(recipe, layers).map((place) => ({
	index: place.kind === "new" ? place.gap : place.index,
	scale: place.kind === "scaled" ? place.scale : 1
}));
var ofPlaces = ({ places }) => places.map((place) => place.kind === "new" ? ofBlock(place.block) : {
	index: place.index,
	scale: 1
});
/** A new block as a base block, if it is a copy of one, or of all but its output projections, which are zero. */
function ofBlock({ tensors }) {
	const copied = /* @__PURE__ */ new Set();
	const outputsZero = /* @__PURE__ */ new Set();
	for (const [key, tensor] of tensors) {
		const zero = tensor.origin === "zero";
		if (tensor.origin === "computed" || zero && !isOutputProjection(key)) return void 0;
		if (tensor.origin === "copy") copied.add(tensor.of);
		if (isOutputProjection(key)) outputsZero.add(zero);
	}
	const [index] = copied;
	const [zeroed] = outputsZero;
	if (index === void 0 || copied.size > 1 || outputsZero.size > 1) return void 0;
	return {
		index,
		scale: zeroed === true ? 0 : 1
	};
}
// src/upscale/saving/training/train.md?raw
var train_default$1 = "# Training the new blocks\n\n`train.py` continues the pre-training of this checkpoint: by default only its new blocks learn, and all other weights come out as\nthey went in, bit for bit. It needs Python with `torch`, `transformers` and `accelerate`; `datasets` only for `--dataset`.\n\n```sh\npip install torch transformers accelerate\npython train.py --text corpus.txt                      # one GPU, or the CPU\npython train.py --dataset HuggingFaceFW/fineweb-edu --dataset-config sample-10BT --steps 5000\n```\n\nA text is a `.txt` file, its documents parted by lines of `***`, or a `.jsonl` file with a field `text`. Each document is ended by the\nend-of-sequence token; all are joined and cut into windows. The held-out loss, before and after, is that of `--heldout FILE`, or else of\nthe last windows of the text, which are not trained on.\n\nThe trained checkpoint is written to `trained/` beside this file (`--out`), every tensor in the dtype it has here, with the losses in\n`training.json`. Every 500 steps (`--save-every`) the state of the training is kept there too; `--resume` goes on from it.\n\nDefaults: 1000 steps of 8 windows of 1024 tokens for each process, AdamW with a largest learning rate of 2e-4 that rises over the first\n5 % of the steps and falls over the last 20 % (`--schedule wsd`; also `cosine`, `constant`), weight decay 0.1, gradients clipped to\nnorm 1, float32 weights with bfloat16 multiplication on GPUs that have it. `python train.py --help` lists everything. These are starting\npoints, not settings found for this model: try a few learning rates for some hundred steps first.\n\n## Several GPUs\n\n```sh\naccelerate launch --multi_gpu --num_processes 4 train.py --text corpus.txt\n```\n\nA model that does not fit on one GPU is spread over several, by FSDP\n\n```sh\naccelerate launch --use_fsdp --fsdp_version 2 --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP \\\n  --fsdp_state_dict_type FULL_STATE_DICT --num_processes 4 train.py --text corpus.txt --gradient-checkpointing\n```\n\nor by DeepSpeed (`pip install deepspeed`)\n\n```sh\naccelerate launch --use_deepspeed --zero_stage 3 --zero3_save_16bit_model true --mixed_precision bf16 \\\n  --num_processes 4 train.py --text corpus.txt --gradient-checkpointing\n```\n\nZeRO-3 gathers weights in 16 bits, so it rounds a checkpoint in float32; the others do not. `--batch` counts windows of one process: with more processes a step is larger. `--accumulate` makes it larger still without more memory.\n";
// src/upscale/saving/training/train.py?raw
var train_default = "#!/usr/bin/env python3\n\"\"\"Continual pre-training of the new blocks of this checkpoint, with transformers and accelerate.\n\n    python train.py --text FILE.txt             one GPU, or the CPU\n    accelerate launch train.py --text FILE.txt  several GPUs, FSDP, DeepSpeed\n\nAll other weights are frozen and come out as they went in, bit for bit. See train.md.\n\"\"\"\n\nimport argparse\nimport json\nimport math\nimport re\nimport shutil\nfrom array import array\nfrom pathlib import Path\n\nimport torch\nfrom accelerate import Accelerator\nfrom accelerate.utils import set_seed\nfrom safetensors import safe_open\nfrom torch.utils.data import DataLoader, Subset, TensorDataset\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\n# Which blocks are new, filled in when the checkpoint was written.\nMADE = json.loads(\"\"\"\n{\"blocks_prefix\": \"model.layers.\", \"new_blocks\": [], \"train\": \"new\"}\n\"\"\")\n\nDTYPES = {\"F32\": torch.float32, \"F16\": torch.float16, \"BF16\": torch.bfloat16}\n\n\ndef parse_arguments():\n    here = Path(__file__).resolve().parent\n    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)\n    data = parser.add_argument_group(\"data\")\n    data.add_argument(\"--text\", type=Path, help=\"a .txt file (documents parted by lines of ***) or .jsonl (field: text)\")\n    data.add_argument(\"--dataset\", help=\"name of a dataset of the Hub, streamed; needs the package datasets\")\n    data.add_argument(\"--dataset-config\", help=\"its configuration\")\n    data.add_argument(\"--split\", default=\"train\", help=\"its split\")\n    data.add_argument(\"--column\", default=\"text\", help=\"its column, or the field of .jsonl files\")\n    data.add_argument(\"--heldout\", type=Path, help=\"text to evaluate on; default: windows of the text that are not trained on\")\n    data.add_argument(\"--context\", type=int, default=1024, help=\"tokens in a window; at most the model's context\")\n    where = parser.add_argument_group(\"files\")\n    where.add_argument(\"--model\", type=Path, default=here, help=\"folder of the checkpoint; default: where this script lies\")\n    where.add_argument(\"--out\", type=Path, default=here / \"trained\", help=\"folder of the trained checkpoint and of the states\")\n    where.add_argument(\"--save-every\", type=int, default=500, help=\"steps between saved states; 0: none\")\n    where.add_argument(\"--resume\", action=\"store_true\", help=\"go on from the state in --out\")\n    how = parser.add_argument_group(\"training\")\n    how.add_argument(\"--train\", choices=[\"new\", \"all\"], default=MADE[\"train\"], help=\"which blocks learn\")\n    how.add_argument(\"--steps\", type=int, default=1000)\n    how.add_argument(\"--batch\", type=int, default=8, help=\"windows in a batch of one process\")\n    how.add_argument(\"--accumulate\", type=int, default=1, help=\"batches in a step\")\n    how.add_argument(\"--lr\", type=float, default=2e-4, help=\"largest learning rate\")\n    how.add_argument(\"--schedule\", choices=[\"wsd\", \"cosine\", \"constant\"], default=\"wsd\")\n    how.add_argument(\"--warmup\", type=float, default=0.05, help=\"share of the steps in which the rate rises\")\n    how.add_argument(\"--decay\", type=float, default=0.2, help=\"wsd: share of the steps, at the end, in which it falls to 0\")\n    how.add_argument(\"--weight-decay\", type=float, default=0.1)\n    how.add_argument(\"--clip\", type=float, default=1.0, help=\"largest norm of the gradient\")\n    how.add_argument(\"--seed\", type=int, default=0)\n    how.add_argument(\"--evaluate-every\", type=int, default=250, help=\"steps between evaluations; 0: only before and after\")\n    how.add_argument(\"--heldout-windows\", type=int, default=64, help=\"windows to evaluate on at most\")\n    how.add_argument(\"--gradient-checkpointing\", action=\"store_true\", help=\"less memory, more time\")\n    arguments = parser.parse_args()\n    if (arguments.text is None) == (arguments.dataset is None):\n        parser.error(\"expected either --text FILE or --dataset NAME\")\n    if arguments.steps < 1:\n        parser.error(f\"expected --steps of at least 1, got {arguments.steps}\")\n    return arguments\n\n\ndef documents_of(path, column):\n    \"\"\"Yields the documents of a text file.\"\"\"\n    text = path.read_text(encoding=\"utf-8\")\n    if path.suffix == \".jsonl\":\n        yield from (json.loads(line)[column] for line in text.splitlines() if line.strip())\n    else:\n        yield from (part.strip() for part in re.split(r\"^\\*\\*\\*$\", text, flags=re.MULTILINE))\n\n\ndef documents_of_dataset(arguments):\n    from datasets import load_dataset\n\n    rows = load_dataset(arguments.dataset, arguments.dataset_config, split=arguments.split, streaming=True)\n    yield from (row[arguments.column] for row in rows)\n\n\ndef windows_of(documents, tokenizer, context, most):\n    \"\"\"Joins documents, each ended by the end-of-sequence token, and cuts them into at most `most` windows of `context` tokens.\"\"\"\n    ids = array(\"i\")\n    for document in documents:\n        ids.extend(tokenizer(document, add_special_tokens=False, verbose=False)[\"input_ids\"])\n        if tokenizer.eos_token_id is not None:\n            ids.append(tokenizer.eos_token_id)\n        if len(ids) >= most * context:\n            break\n    # A text shorter than one window is one short window.\n    length = context if len(ids) >= context else len(ids)\n    count = min(most, len(ids) // length) if length > 1 else 0\n    return torch.tensor(ids[: count * length], dtype=torch.int32).view(count, max(1, length))\n\n\ndef order_of(windows, needed, seed):\n    \"\"\"The order in which windows are read: shuffled anew for every pass.\"\"\"\n    generator = torch.Generator().manual_seed(seed)\n    order = []\n    while len(order) < needed:\n        order += torch.randperm(windows, generator=generator).tolist()\n    return order[:needed]\n\n\ndef rate_at(step, arguments):\n    \"\"\"The share of the learning rate at a step counted from 0.\"\"\"\n    steps = arguments.steps\n    warmup = min(steps, round(arguments.warmup * steps))\n    if step < warmup:\n        return (step + 1) / (warmup + 1)\n    if arguments.schedule == \"cosine\":\n        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))\n    decay = round(arguments.decay * steps) if arguments.schedule == \"wsd\" else 0\n    return min(1, (steps - step) / (decay + 1))\n\n\ndef freeze(model, train):\n    \"\"\"Freezes everything that is not to be trained and returns the names of what is.\"\"\"\n    prefixes = tuple(f\"{MADE['blocks_prefix']}{index}.\" for index in MADE[\"new_blocks\"])\n    for name, parameter in model.named_parameters():\n        parameter.requires_grad = name.startswith(MADE[\"blocks_prefix\"] if train == \"all\" else prefixes)\n    names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]\n    if not names:\n        raise SystemExit(\"train.py: expected new blocks to train, got none. Give --train all.\")\n    return names\n\n\ndef stored_dtypes(folder):\n    \"\"\"The dtype of every tensor in the checkpoint's files.\"\"\"\n    dtypes = {}\n    for path in sorted(folder.glob(\"*.safetensors\")):\n        with safe_open(path, \"pt\") as file:\n            dtypes.update({name: DTYPES.get(file.get_slice(name).get_dtype()) for name in file.keys()})\n    return dtypes\n\n\ndef save_checkpoint(accelerator, model, arguments, dtypes, report):\n    \"\"\"Writes the whole model, every tensor in the dtype it had, so that what was frozen is unchanged.\"\"\"\n    state = accelerator.get_state_dict(model)\n    if not accelerator.is_main_process:\n        return\n    kept = {name: state[name].to(dtypes[name] or state[name].dtype) for name in dtypes if name in state}\n    accelerator.unwrap_model(model).save_pretrained(arguments.out, state_dict=kept)\n    for path in arguments.model.iterdir():\n        written = path.suffix in (\".safetensors\", \".md\") or path.name.endswith(\".index.json\")\n        if path.is_file() and not written:\n            # config.json too: it says how every layer is made, and its dtype is that of the files.\n            shutil.copy2(path, arguments.out / path.name)\n    (arguments.out / \"training.json\").write_text(json.dumps(report, indent=2) + \"\\n\")\n\n\n@torch.no_grad()\ndef evaluate(model, loader, accelerator):\n    \"\"\"The mean loss per token, in nats.\"\"\"\n    model.eval()\n    losses = []\n    for (ids,) in loader:\n        ids = ids.long()\n        loss = model(input_ids=ids, labels=ids, use_cache=False).loss\n        losses.append(accelerator.gather_for_metrics(loss.repeat(len(ids))))\n    model.train()\n    return torch.cat(losses).float().mean().item()\n\n\ndef main():\n    arguments = parse_arguments()\n    half = torch.cuda.is_available() and torch.cuda.is_bf16_supported()\n    accelerator = Accelerator(\n        mixed_precision=\"bf16\" if half else \"no\", gradient_accumulation_steps=arguments.accumulate\n    )\n    set_seed(arguments.seed)\n    say = accelerator.print\n    states = arguments.out / \"state\"\n\n    tokenizer = AutoTokenizer.from_pretrained(arguments.model)\n    # Weights are trained in float32; on a GPU, matrices are multiplied in bfloat16.\n    model = AutoModelForCausalLM.from_pretrained(arguments.model).float()\n    trained = freeze(model, arguments.train)\n    if arguments.gradient_checkpointing:\n        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={\"use_reentrant\": False})\n\n    context = min(arguments.context, getattr(model.config, \"max_position_embeddings\", arguments.context))\n    needed = arguments.steps * arguments.accumulate * arguments.batch * accelerator.num_processes\n    documents = documents_of_dataset(arguments) if arguments.dataset else documents_of(arguments.text, arguments.column)\n    windows = windows_of(documents, tokenizer, context, needed + arguments.heldout_windows)\n    if arguments.heldout:\n        heldout = windows_of(\n            documents_of(arguments.heldout, arguments.column), tokenizer, context, arguments.heldout_windows\n        )\n    else:\n        # The last windows are kept from training, at most a twentieth of them, unless there is only one.\n        count = min(arguments.heldout_windows, max(1, len(windows) // 20)) if len(windows) > 1 else 0\n        heldout = windows[len(windows) - count :]\n        windows = windows[: len(windows) - count]\n    if windows.numel() == 0:\n        raise SystemExit(\"train.py: expected a text of at least two tokens, got none. Give a longer text.\")\n\n    learns = [parameter for parameter in model.parameters() if parameter.requires_grad]\n    optimizer = torch.optim.AdamW(\n        learns, lr=arguments.lr, betas=(0.9, 0.95), weight_decay=arguments.weight_decay\n    )\n    report = {\"trained\": trained, \"losses\": [], \"heldout\": [], \"arguments\": {k: str(v) for k, v in vars(arguments).items()}}\n    progress = states / \"progress.json\"\n    done = 0\n    if arguments.resume:\n        if not progress.exists():\n            raise SystemExit(f\"train.py: expected a state in {states}, got none. Leave out --resume.\")\n        kept = json.loads(progress.read_text())\n        done = kept[\"step\"]\n        report.update(losses=kept[\"losses\"], heldout=kept[\"heldout\"])\n    # The loader holds what is left to do, in the order of an unbroken run.\n    order = order_of(len(windows), needed, arguments.seed)\n    left = order[done * needed // arguments.steps :]\n    loader = DataLoader(Subset(TensorDataset(windows), left), batch_size=arguments.batch)\n    tests = DataLoader(TensorDataset(heldout), batch_size=arguments.batch) if len(heldout) else None\n    model, optimizer, loader, tests = accelerator.prepare(model, optimizer, loader, tests)\n    if arguments.resume:\n        accelerator.load_state(states)\n\n    def measure(step):\n        if tests is None or (report[\"heldout\"] and report[\"heldout\"][-1][\"step\"] == step):\n            return\n        report[\"heldout\"].append({\"step\": step, \"loss\": evaluate(model, tests, accelerator)})\n        say(f\"step {step}: held-out loss {report['heldout'][-1]['loss']:.4f}\")\n\n    def keep(step):\n        accelerator.save_state(states)\n        if accelerator.is_main_process:\n            progress.write_text(json.dumps({\"step\": step, **{k: report[k] for k in (\"losses\", \"heldout\")}}))\n\n    say(\n        f\"{sum(p.numel() for p in learns):,} parameters in {len(trained)} tensors learn, \"\n        f\"{len(windows):,} windows of {windows.shape[1]} tokens, {accelerator.num_processes} process(es) on {accelerator.device}\"\n    )\n    measure(done)\n    model.train()\n    step, sums = done, []\n    for (ids,) in loader:\n        for group in optimizer.param_groups:\n            group[\"lr\"] = arguments.lr * rate_at(step, arguments)\n        ids = ids.long()\n        with accelerator.accumulate(model):\n            loss = model(input_ids=ids, labels=ids, use_cache=False).loss\n            accelerator.backward(loss)\n            if accelerator.sync_gradients:\n                accelerator.clip_grad_norm_(model.parameters(), arguments.clip)\n            optimizer.step()\n            optimizer.zero_grad()\n        sums.append(accelerator.reduce(loss.detach().float(), \"mean\").item())\n        if not accelerator.sync_gradients:\n            continue\n        step += 1\n        report[\"losses\"].append(sum(sums) / len(sums))\n        sums = []\n        if not math.isfinite(report[\"losses\"][-1]):\n            raise SystemExit(f\"train.py: expected a finite loss, got {report['losses'][-1]} at step {step}. Lower --lr.\")\n        if step % 10 == 0 or step in (done + 1, arguments.steps):\n            say(f\"step {step} of {arguments.steps}: loss {report['losses'][-1]:.4f}\")\n        if arguments.evaluate_every and step % arguments.evaluate_every == 0:\n            measure(step)\n        if arguments.save_every and step % arguments.save_every == 0 and step < arguments.steps:\n            keep(step)\n    measure(step)\n    save_checkpoint(accelerator, model, arguments, stored_dtypes(arguments.model), report)\n    if len(report[\"heldout\"]) > 1:\n        first, last = report[\"heldout\"][0], report[\"heldout\"][-1]\n        say(f\"held-out loss {first['loss']:.4f} before, {last['loss']:.4f} after {last['step']} steps\")\n    say(f\"written to {arguments.out}\")\n    accelerator.end_training()\n\n\nif __name__ == \"__main__\":\n    main()\n";
// src/upscale/saving/documents.ts
/** The JSON in `train.py` that says what is new; the rest of the script is the same for every checkpoint. */
var MADE = /(?<=^MADE = json\.loads\("""\n)[^\n]*$/m;
/** Returns the text files of a deeper checkpoint by name. `mergekit.yaml` is there where mergekit makes the same model. */
function documentsOf(facts) {
	const { expansion, recipe, config, baseName, trained } = facts;
	const yaml = trained ? void 0 : mergekitText(expansion, recipe, config.layers, repositoryName(baseName));
	return {
		"README.md": modelCard(facts, yaml),
		"interlayer.json": recipeText(recipe, expansion, trained),
		...yaml === void 0 ? {} : { "mergekit.yaml": yaml },
		"train.md": train_default$1,
		"train.py": train_default.replace(MADE, () => JSON.stringify(madeOf(facts)))
	};
}
/** What `train.py` has to know of the model: by default it trains what the method's authors train. */
function madeOf({ expansion: { newLayers, method }, config }) {
	const all = methodOf(method).trains === "all" || newLayers.length === 0;
	return {
		blocks_prefix: architectureOf(config).layers,
		new_blocks: newLayers,
		train: all ? "all" : "new"
	};
}
// src/upscale/saving/recipe-values.ts
/** dtypes that are numbers of weights; others are copied. */
var FLOATS = /* @__PURE__ */ new Set([
	"F32",
	"F16",
	"BF16"
]);
/**
* Makes what a recipe changes in the tensors of its deeper checkpoint: copies outside the blocks are rounded to `dtype` and
* multiplied by their factors, then every tensor is rounded (to nearest, ties to even) to `dtype` and stored in `outDtype`.
*/
function recipeValues(tensors, { outer }, config, { dtype, outDtype }) {
	const { embedding, finalNorm, head } = architectureOf(config);
	const factors = /* @__PURE__ */ new Map([
		[head, outer.head],
		[embedding, outer.embedding],
		[finalNorm, outer.finalNorm]
	]);
	const steps = [dtype, outDtype].flatMap((step) => step === null ? [] : [storedAs(step).name]);
	return tensors.map((tensor) => steps.reduce(storedIn, scaled(tensor, factors.get(tensor.name) ?? 1, dtype)));
}
function storedIn(tensor, to) {
	const { dtype: from, data } = tensor;
	if (from === to || !FLOATS.has(from)) return tensor;
	const recode = (bytes) => encode(decode(bytes, from), to);
	if (data) return {
		...tensor,
		dtype: to,
		data: async () => recode(await data())
	};
	return converted(tensor, to, recode);
}
/** Multiplies a copy, which is rounded to `dtype` before, in float32. What was trained has its factor already. */
function scaled(tensor, factor, dtype) {
	if (factor === 1 || !tensor.copyOf) return tensor;
	const first = dtype === null ? tensor : storedIn(tensor, storedAs(dtype).name);
	const by = Math.fround(factor);
	return converted(first, "F32", (bytes) => encode(decode(bytes, first.dtype).map((x) => x * by), "F32"));
}
/** Returns a copy that `convert` is applied to, after what is applied to it already. */
function converted(tensor, dtype, convert) {
	const { convert: before = (bytes) => bytes } = tensor;
	return {
		...tensor,
		dtype,
		convert: (bytes) => convert(before(bytes))
	};
}
// src/engine/saving/export.ts
/** Writes the deeper checkpoint and reads it back. After failure or cancellation nothing of it remains. */
async function exportCheckpoint(workspace, request, context, environment) {
	const training = request.arm === void 0 ? void 0 : workspace.get(trainings).require(request.arm);
	const recipe = training?.recipe ?? parseRecipe(request.recipe);
	const name = checkName(request.name);
	const { signal, emit } = context;
	const { backend, model } = workspace;
	const { checkpoint, config } = model;
	const expansion = training?.expansion ?? await expansionOf(workspace, recipe, {
		signal,
		onProgress: (progress) => emit({
			type: "progress",
			progress
		})
	});
	const { losses } = request;
	const dtype = recipe.dtype === null ? request.dtype ?? "source" : "f32";
	const tensors = savedTensors(backend, expansion, checkpoint, config, {
		dtype,
		trained: training?.tensors
	});
	const { sources, newLayers, parameters } = expansion;
	const exact = dtype === "f32" && tensors.some(({ values }) => values);
	const named = recipe.outDtype ?? recipe.dtype ?? (exact ? "float32" : void 0);
	const { sink, blob } = await environment.destination(request.destination, name);
	const written = await writeCheckpoint(sink, {
		tensors: recipeValues(tensorsToWrite(tensors), expansion, config, recipe),
		config: deeperConfig(checkpoint.configText, sources, config.layers, {
			...kindFields(checkpoint.config, config, sources),
			...dtypeFields(checkpoint.config, named)
		}),
		copyFrom: checkpoint.files,
		documents: documentsOf({
			expansion,
			recipe,
			config,
			tensors,
			losses,
			baseName: checkpoint.name,
			baseCard: model.info.card,
			...training ? { trained: training.cardFacts } : {}
		})
	}, {
		...signal ? { signal } : {},
		newHash: environment.newHash?.bind(environment),
		onProgress: progress(context, "Writing", 0, .6),
		onVerify: progress(context, "Reading back", .6, 1)
	});
	return {
		layers: expansion.layers.length,
		newLayers,
		parameters,
		notices: expansion.notices,
		...written,
		rounded: tensors.filter(isRounded).length,
		...blob ? { blob: await blob() } : {}
	};
}
/** Returns a valid name. @throws RequestError if it is not a folder name on every system. */
function checkName(name) {
	if (/^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(name) && !/[. ]$/.test(name) && name.length <= 200) return name;
	throw new RequestError(`export: expected a folder name of letters, digits, spaces, dots, dashes and underscores, got ${JSON.stringify(name)}. Choose another name.`);
}
export { exportCheckpoint };

//# sourceMappingURL=export-CruaB0Q2.mjs.map