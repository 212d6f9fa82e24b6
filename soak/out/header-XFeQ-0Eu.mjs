import { i as CheckpointError, t as bytesPerValue } from "./dtype-B4pdtvg3.mjs";
// src/checkpoint/names.ts
/**
* Returns true if `name` is a plain file name. Names come from untrusted index files and addresses and become part of paths and
* URLs, so anything that could leave the folder is rejected.
*/
function isPlainFileName(name) {
	if (name === "" || name === "." || name.includes("..") || name.includes("://")) return false;
	for (const character of name) if (character < " " || character === "/" || character === "\\") return false;
	return true;
}
/** True if `name` is that of a GGUF file. */
var isGguf = (name) => /\.gguf$/i.test(name);
// src/checkpoint/file-kind.ts
/**
* Recognises what often stands where a weight file should be.
* @param start the first bytes of the file, at most 8.
* @param expected what the file should be, for example `a safetensors file`.
* @throws CheckpointError for a Git LFS pointer or a web page.
*/
function refusePointerOrPage(file, start, expected) {
	const words = String.fromCharCode(...start);
	if (words === "version ") throw new CheckpointError(`${file}: expected ${expected}, got a Git LFS pointer to it. Run \`git lfs pull\` in the model folder.`);
	if (words.startsWith("<")) throw new CheckpointError(`${file}: expected ${expected}, got a web page. Check the address: it must lead to the file itself.`);
}
// src/checkpoint/json.ts
/** Largest text file. tokenizer.json of a large vocabulary has about 30 MB. */
var MAX_TEXT_BYTES = 256 * 2 ** 20;
/**
* Reads a whole file as text.
* @throws CheckpointError if it is not UTF-8 or too large; SourceError from the source.
*/
async function readText(source, signal) {
	if (source.size > MAX_TEXT_BYTES) throw new CheckpointError(`${source.name}: expected a text file of at most ${MAX_TEXT_BYTES} bytes, got ${source.size}. Fetch the file again.`);
	return decodeText(await source.read(0, source.size, signal), source.name);
}
/** @throws CheckpointError if the bytes are not UTF-8. */
function decodeText(bytes, name) {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new CheckpointError(`${name}: expected UTF-8 text, got other bytes. Fetch the file again.`, { cause });
	}
}
/** @throws CheckpointError with the parser's reason. */
function parseJson(text, name) {
	try {
		return JSON.parse(text);
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new CheckpointError(`${name}: expected JSON, got text that is not (${reason}). Fetch the file again, or correct it.`, { cause });
	}
}
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
/** Formats a value for a message. */
function show(value) {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
/**
* Returns the first duplicate key within an object of `json`, or undefined. `JSON.parse` silently uses the last of the two and
* other readers the first, so they would read different checkpoints. `json` must be valid JSON.
*/
function duplicateKey(json) {
	/** One entry per open bracket: the keys of an object, undefined for an array. */
	const open = [];
	for (let at = 0; at < json.length; at++) {
		const character = json[at];
		if (character === "{") open.push(/* @__PURE__ */ new Set());
		else if (character === "[") open.push(void 0);
		else if (character === "}" || character === "]") open.pop();
		else if (character === "\"") {
			const end = stringEnd(json, at);
			let next = end;
			while (json.charCodeAt(next) <= 32) next++;
			if (json[next] === ":") {
				const key = String(JSON.parse(json.slice(at, end)));
				const keys = open.at(-1);
				if (keys?.has(key)) return key;
				keys?.add(key);
			}
			at = end - 1;
		}
	}
}
/** Returns the index after the string that starts at `start`. A loop, because a regular expression would overflow its stack. */
function stringEnd(json, start) {
	let at = start + 1;
	while (at < json.length && json[at] !== "\"") at += json[at] === "\\" ? 2 : 1;
	return at + 1;
}
// src/checkpoint/header.ts
/** Limit of the safetensors format; a larger length means that the file is not safetensors. */
var MAX_HEADER_BYTES = 25e6;
var OPENING_BRACE = 123;
var AGAIN = "The file is damaged or not complete: fetch it again.";
/**
* Reads and checks the header of a safetensors file: 8 bytes of length, then JSON, then data without overlap or gap up to the
* end of the file. Two range reads.
* @returns the tensors in the order of their data.
* @throws CheckpointError naming the file and the problem; SourceError from the source.
*/
async function readHeader(source, signal) {
	const dataStart = 8 + await headerLength(source, signal);
	const bytes = await source.read(8, dataStart - 8, signal);
	if (bytes[0] !== OPENING_BRACE) fail(source, `expected a header that starts with {, got byte ${bytes[0]}. ${AGAIN}`);
	const text = decodeText(bytes, `${source.name}: header`);
	const header = parseJson(text, `${source.name}: header`);
	if (!isRecord(header)) fail(source, `expected a JSON object as the header, got ${show(header)}. ${AGAIN}`);
	const repeated = duplicateKey(text);
	if (repeated !== void 0) fail(source, `expected every name once in the header, got ${show(repeated)} twice. Write the file again.`);
	const tensors = [];
	for (const [name, entry] of Object.entries(header)) if (name === "__metadata__") checkMetadata(source, entry);
	else tensors.push(parseEntry(source, dataStart, name, entry));
	tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
	checkCover(source, dataStart, tensors);
	return tensors;
}
async function headerLength(source, signal) {
	if (source.size < 8) fail(source, `expected a safetensors file of at least 8 bytes, got ${source.size}. ${AGAIN}`);
	const start = await source.read(0, 8, signal);
	refusePointerOrPage(source.name, start, "a safetensors file");
	const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
	const most = Math.min(MAX_HEADER_BYTES, source.size - 8);
	if (length < 2n || length > BigInt(most)) fail(source, `expected a header of 2 to ${most} bytes, got a length of ${length}. ${AGAIN}`);
	return Number(length);
}
function checkMetadata(source, metadata) {
	if (!isRecord(metadata)) fail(source, `expected an object as __metadata__, got ${show(metadata)}. Write the file again.`);
	for (const [key, value] of Object.entries(metadata)) if (typeof value !== "string") fail(source, `expected only strings in __metadata__, got ${show(value)} for ${show(key)}. Write the file again.`);
}
function parseEntry(source, dataStart, name, entry) {
	const what = `tensor ${show(name)}`;
	if (!isRecord(entry)) fail(source, `${what}: expected an object, got ${show(entry)}. ${AGAIN}`);
	const { dtype, shape, data_offsets: offsets } = entry;
	if (typeof dtype !== "string") fail(source, `${what}: expected a dtype, got ${show(dtype)}. ${AGAIN}`);
	const size = bytesPerValue(dtype);
	if (size === void 0) fail(source, `${what}: expected dtype F32, F16 or BF16, got ${show(dtype)}. Quantised checkpoints are not read: take the model's original weights.`);
	if (!isCounts(shape)) fail(source, `${what}: expected a shape of whole numbers, got ${show(shape)}. ${AGAIN}`);
	if (!isCounts(offsets) || offsets.length !== 2) fail(source, `${what}: expected two data offsets, got ${show(offsets)}. ${AGAIN}`);
	const [begin = 0, end = 0] = offsets;
	const available = source.size - dataStart;
	if (begin > end || end > available) fail(source, `${what}: expected data offsets within 0 … ${available}, got ${begin} … ${end}. ${AGAIN}`);
	const bytes = byteLength(shape, size);
	if (bytes !== end - begin) fail(source, `${what}: expected ${bytes} bytes for ${dtype} [${shape.join(", ")}], got ${end - begin}. ${AGAIN}`);
	return {
		name,
		dtype,
		shape,
		offset: dataStart + begin,
		bytes,
		file: source.name,
		source
	};
}
/** Returns the bytes of a tensor, or Infinity above the safe integers. */
function byteLength(shape, size) {
	let bytes = size;
	for (const dimension of shape) {
		bytes *= dimension;
		if (!Number.isSafeInteger(bytes)) return Infinity;
	}
	return bytes;
}
function checkCover(source, dataStart, tensors) {
	let end = dataStart;
	for (const { name, offset, bytes } of tensors) {
		if (offset !== end) {
			const problem = offset < end ? "overlaps the tensor before it" : `leaves ${offset - end} bytes unused before it`;
			fail(source, `tensor ${show(name)} ${problem}: expected data one after the other. ${AGAIN}`);
		}
		end += bytes;
	}
	if (end !== source.size) fail(source, `expected the file to end with its last tensor at ${end} bytes, got ${source.size}. ${AGAIN}`);
}
function isCounts(value) {
	return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0));
}
function fail(source, problem) {
	throw new CheckpointError(`${source.name}: ${problem}`);
}
export { isRecord as a, show as c, isPlainFileName as d, duplicateKey as i, refusePointerOrPage as l, readHeader as n, parseJson as o, decodeText as r, readText as s, byteLength as t, isGguf as u };

//# sourceMappingURL=header-XFeQ-0Eu.mjs.map