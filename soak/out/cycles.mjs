import { a as SinkError, i as CheckpointError, o as SourceError, t as bytesPerValue } from "./dtype-B4pdtvg3.mjs";
import { a as isRecord, c as show, d as isPlainFileName, i as duplicateKey, n as readHeader, o as parseJson, s as readText$1, u as isGguf } from "./header-XFeQ-0Eu.mjs";
import { a as BackendError, i as matrix, o as DeviceLostError, s as NoAdapterError } from "./shape-DKf2iP5J.mjs";
import { t as digest$1 } from "./digest-DNkrmK8N.mjs";
import { n as NEXT, r as againstText, t as alignmentProblem } from "./alignment-B2qDjTlo.mjs";
import { i as FEATURE_TEXTS, n as DEFAULT_RECIPE, t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { i as visitBands, n as CostMatrix, r as TransportError } from "./cost-DHFzz3-1.mjs";
import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { a as planMeasures, n as iterativeSolver, t as acceptsStart } from "./solve-DyyZ3XKO.mjs";
import { a as isAbort, i as expectFinite, n as RequestError, o as throwIfAborted, r as abortError, t as AlignmentGoneError } from "./errors-DcHXxH-r.mjs";
import { t as features } from "./features-I9DFKVIs.mjs";
import { t as PLANNED_TENSORS } from "./planned-BTeJztNi.mjs";
import { t as createYielder } from "./yielder-xjQqye8I.mjs";
import { t as PLAN_ROW } from "./operations-Bd7Yv5Ui.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { i as countParameters, n as blockTensorName, r as countBlockParameters, t as blockShapes } from "./block-SzSOAUuq.mjs";
import { a as ropeTable, c as isRecord$1, d as TokenizerError, f as UnsupportedArchitectureError, i as parseConfig, l as ConfigError, n as configNotices, o as tiled, p as PROJECTIONS, r as expectSupported, t as architectureOf, u as EvaluationError } from "./config-CXJ0uD7x.mjs";
import { n as cutWindows, t as checkTokenIds } from "./windows-D37K7Awu.mjs";
import { t as normals } from "./random-DD05fZZx.mjs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mkdir, open, readFile, readdir, realpath, rename, rm, rmdir, stat, statfs, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createHash, randomUUID } from "node:crypto";
import { availableParallelism, constants, homedir, tmpdir } from "node:os";
import { Worker } from "node:worker_threads";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
// src/checkpoint/range.ts
/** @throws SourceError if the range is not inside the file. */
function checkRange$1(source, offset, length) {
	if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length)) || offset < 0 || length < 0 || offset + length > source.size) throw new SourceError(`${source.name}: expected a range within ${source.size} bytes, got ${length} at ${offset}. The file is not complete: fetch it again.`);
}
// src/checkpoint/response.ts
/** Milliseconds of waiting before the second and the third try. */
var DELAYS = [200, 800];
/** A server that asks for a longer wait is not asked again. */
var LONGEST_WAIT_MS = 3e4;
/** An error that a retry may solve: no answer, a busy server, an interrupted body. */
var TransientError = class extends SourceError {
	/** How long the server asks to wait, if it says. */
	waitMs;
	constructor(message, options = {}) {
		super(message, options);
		this.waitMs = options.waitMs;
	}
};
/** A server has answered as many requests as it grants for now (status 429). */
var RateLimitError = class extends TransientError {
	name = "RateLimitError";
};
/** The browser has no connection. */
var OfflineError = class extends TransientError {
	name = "OfflineError";
};
/**
* Runs `work`, and again while it throws TransientError, up to three times. Between tries it waits as long as the server asks.
* @param onWait called with the milliseconds before each wait that a server asked for.
* @throws the last error of `work`, or the signal's reason.
*/
async function withRetries(signal, work, onWait) {
	for (const delay of [...DELAYS, void 0]) {
		signal?.throwIfAborted();
		let wait = delay;
		try {
			return await work();
		} catch (error) {
			signal?.throwIfAborted();
			if (delay === void 0 || !(error instanceof TransientError)) throw error;
			if (error.waitMs !== void 0) {
				if (error.waitMs > LONGEST_WAIT_MS) throw error;
				wait = Math.max(delay, error.waitMs);
				onWait?.(wait);
			}
		}
		await pause(wait ?? 0, signal);
	}
	throw new SourceError("expected at least one try, got none.");
}
/**
* Returns how long a refused request should wait, in milliseconds, from Retry-After or the RateLimit header of the Hub
* (`"api";r=0;t=55`, IETF draft httpapi-ratelimit-headers-09); undefined if the server does not say.
*/
function waitOf({ headers }) {
	const after = headers.get("Retry-After");
	if (after !== null && /^\d+$/.test(after.trim())) return 1e3 * Number(after);
	const date = after === null ? NaN : Date.parse(after);
	if (Number.isFinite(date)) return Math.max(0, date - Date.now());
	const left = /;\s*r\s*=\s*0\s*;\s*t\s*=\s*(\d+)/.exec(headers.get("RateLimit") ?? "")?.[1];
	return left === void 0 ? void 0 : 1e3 * Number(left);
}
function pause(milliseconds, signal) {
	return new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(signal?.reason);
		};
		const timer = setTimeout(() => {
			signal?.removeEventListener("abort", stop);
			resolve();
		}, milliseconds);
		signal?.addEventListener("abort", stop, { once: true });
	});
}
/**
* Reads a body of a known length or up to a limit.
* @throws TransientError if it ends early or nothing comes any more; SourceError if it is too long.
*/
async function readBody(response, url, limit, { stallMs, onBytes } = {}) {
	const known = "exactly" in limit ? limit.exactly : void 0;
	const most = "exactly" in limit ? limit.exactly : limit.atMost;
	const parts = [];
	const target = known === void 0 ? void 0 : new Uint8Array(known);
	let received = 0;
	const reader = response.body?.getReader();
	try {
		for (;;) {
			const part = (await nextPart(reader, stallMs))?.value;
			if (part === void 0) break;
			if (received + part.byteLength > most) {
				await reader?.cancel().catch(() => void 0);
				throw new SourceError(`${url}: expected at most ${most} bytes, got more. Use a server that answers ranges, or download the files and open the folder.`);
			}
			if (target === void 0) parts.push(part);
			else target.set(part, received);
			received += part.byteLength;
			onBytes?.(part.byteLength);
		}
	} catch (cause) {
		if (cause instanceof SourceError) throw cause;
		throw cutOff(url, known, received, cause);
	}
	if (known !== void 0 && received < known) throw cutOff(url, known, received);
	return target ?? joined$1(parts, received);
}
/** Returns the next part of a body. @throws Error if none comes for `stallMs`. */
async function nextPart(reader, stallMs) {
	if (reader === void 0 || stallMs === void 0) return reader?.read();
	let timer;
	const silence = new Promise((_, reject) => {
		timer = setTimeout(() => {
			reject(/* @__PURE__ */ new Error(`nothing came for ${stallMs} ms`));
			reader.cancel().catch(() => void 0);
		}, stallMs);
	});
	try {
		return await Promise.race([reader.read(), silence]);
	} finally {
		clearTimeout(timer);
	}
}
function cutOff(url, known, received, cause) {
	return new TransientError(`${url}: expected ${known ?? "the whole file’s"} bytes, got ${received} before the answer was cut off. Check the connection and try again.`, { cause });
}
function joined$1(parts, length) {
	const whole = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.byteLength;
	}
	return whole;
}
/** Returns the total size from Content-Range, or undefined if the server omits it or CORS hides it. */
function totalSize(response) {
	const total = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1];
	return total === void 0 ? void 0 : Number(total);
}
/** Cancels a body that is not read. */
async function discard(response) {
	await response.body?.cancel().catch(() => void 0);
}
// src/checkpoint/request.ts
/** Gives up on a server that has sent nothing for this many milliseconds. */
var STALL_MS = 3e4;
/**
* Requests a URL, or a range of its bytes.
* @throws TransientError if there is no answer, or the server is busy or failing.
*/
async function request(url, options, range, signal) {
	const headers = new Headers();
	if (range !== void 0) headers.set("Range", range);
	if (options.token !== void 0) headers.set("Authorization", `Bearer ${options.token}`);
	const silence = new AbortController();
	const stallMs = options.stallMs ?? 3e4;
	const timer = setTimeout(() => silence.abort(), stallMs);
	let response;
	try {
		const signals = signal === void 0 ? [silence.signal] : [signal, silence.signal];
		response = await fetch(url, {
			headers,
			signal: AbortSignal.any(signals)
		});
	} catch (cause) {
		signal?.throwIfAborted();
		throw noAnswer(url, silence.signal.aborted ? stallMs : void 0, cause);
	} finally {
		clearTimeout(timer);
	}
	if (response.status >= 500 || response.status === 429) throw await refusal(response, url, options);
	return response;
}
function noAnswer(url, stalledMs, cause) {
	if (stalledMs !== void 0) return new TransientError(`${url}: expected an answer, got none in ${stalledMs / 1e3} s. Try again in a while.`, { cause });
	if (globalThis.navigator?.onLine === false) return new OfflineError(`${url}: expected an answer, got none: this browser is offline. Connect and try again.`, { cause });
	return new TransientError(`${url}: expected an answer, got none. Check the connection and that the server lets other pages read its files (CORS).`, { cause });
}
/** Returns the error of an answer that is not the file. */
async function refusal(response, url, options) {
	await discard(response);
	const known = options.refusalOf?.(response);
	if (known !== void 0) return known;
	const { status } = response;
	const got = (next) => `${url}: expected the file, got status ${status}. ${next}`;
	if (status === 429) {
		const waitMs = waitOf(response);
		return new RateLimitError(got(`The server has had too many requests from here: try again ${waitMs === void 0 ? "in a while" : `in ${Math.ceil(waitMs / 1e3)} s`}.`), { waitMs });
	}
	if (status >= 500) return new TransientError(got("The server is busy or failing: try again in a while."), { waitMs: waitOf(response) });
	if (status === 401 || status === 403) return new SourceError(got("The address needs permission, or does not exist: download the files and open the folder instead."));
	if (status === 404 || status === 410) return new SourceError(got("The file is gone: open the model again."));
	if (status === 416) return new SourceError(got("The file is shorter than it was when it was opened: open the model again."));
	return new SourceError(got("Check the address."));
}
// src/checkpoint/transfer.ts
/** Reads that follow each other sooner than this count as one transfer. */
var IDLE_MS = 1e3;
var RATE_MS = 3e3;
var NOTIFY_MS = 100;
/** Counts the bytes that are read from the network, for progress. */
var Transfer = class {
	#listeners = /* @__PURE__ */ new Set();
	#now;
	#open = 0;
	#received = 0;
	#wanted = 0;
	#waitMs;
	#idleSince = 0;
	#notified = 0;
	/** Bytes that had come in all, by time. */
	#samples = [];
	#total = 0;
	/** @param now clock in milliseconds. */
	constructor(now = () => performance.now()) {
		this.#now = now;
	}
	get state() {
		return {
			received: this.#received,
			wanted: this.#wanted,
			bytesPerSecond: this.#rate(),
			...this.#waitMs === void 0 ? {} : { waitMs: this.#waitMs }
		};
	}
	/** Calls `listener` while bytes come, ten times a second at most. @returns a function that ends it. */
	follow(listener) {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}
	begin(bytes) {
		const now = this.#now();
		if (this.#open === 0 && now - this.#idleSince > IDLE_MS) {
			this.#received = 0;
			this.#wanted = 0;
			this.#samples = [{
				at: now,
				total: this.#total
			}];
		}
		this.#open++;
		this.#wanted += bytes;
		let came = 0;
		return {
			arrive: (more) => {
				came += more;
				this.#received += more;
				this.#total += more;
				this.#waitMs = void 0;
				this.#notify();
			},
			restart: () => {
				this.#received -= came;
				came = 0;
			},
			wait: (milliseconds) => {
				this.#waitMs = milliseconds;
				this.#notified = 0;
				this.#notify();
			},
			end: () => {
				this.#wanted -= bytes - came;
				this.#open--;
				this.#idleSince = this.#now();
			}
		};
	}
	#rate() {
		const now = this.#now();
		const from = this.#samples[0];
		if (from === void 0 || now <= from.at) return 0;
		return (this.#total - from.total) / (now - from.at) * 1e3;
	}
	#notify() {
		const now = this.#now();
		if (now - this.#notified < NOTIFY_MS) return;
		this.#notified = now;
		this.#samples.push({
			at: now,
			total: this.#total
		});
		while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) > RATE_MS) this.#samples.shift();
		for (const listener of this.#listeners) listener(this.state);
	}
};
// src/checkpoint/url.ts
/** Largest file that is downloaded whole from a server without range requests. */
var MAX_WHOLE_BYTES = 64 * 2 ** 20;
/**
* A file at a URL, read by range requests. If the server does not support them, a small file is downloaded whole, once. If the
* server or the network fails, each request is tried three times.
*/
var UrlSource = class UrlSource {
	name;
	size;
	#url;
	#options;
	/** Strong ETag of the first answer, to detect if the file changes between reads. */
	#etag;
	#whole;
	constructor(name, url, options, found) {
		this.name = name;
		this.size = found.size;
		this.#url = url;
		this.#options = options;
		this.#etag = found.etag;
		this.#whole = found.whole;
	}
	/** A file whose size is known; nothing is requested until it is read. */
	static known(name, url, options, size) {
		return new UrlSource(name, url, options, { size });
	}
	/**
	* Finds the size by requesting the first byte. HEAD does not work, because servers that compress omit the length.
	* @returns undefined if there is no such file, or a single-page server answers with its web page.
	* @throws SourceError if access is refused, a large file has no range support, or the server keeps failing.
	*/
	static async open(name, url, options = {}, signal) {
		return withRetries(signal, async () => {
			const response = await request(url, options, "bytes=0-0", signal);
			if (response.status === 404 || response.status === 410 || isFallbackPage(response, name)) {
				await discard(response);
				return;
			}
			if (response.status === 416 && totalSize(response) === 0) {
				await discard(response);
				return new UrlSource(name, url, options, { size: 0 });
			}
			if (response.status === 206) {
				if (Number(response.headers.get("Content-Length") ?? 1) > 1) await discard(response);
				else await readBody(response, url, { exactly: 1 });
				const size = totalSize(response);
				if (size !== void 0) return new UrlSource(name, url, options, {
					size,
					etag: strongEtag(response)
				});
				const again = await request(url, options, void 0, signal);
				return UrlSource.#fromWhole(again, name, url, options);
			}
			return UrlSource.#fromWhole(response, name, url, options);
		});
	}
	/** Creates a source from a 200 response with the whole file. */
	static async #fromWhole(response, name, url, options) {
		if (response.status !== 200) throw await refusal(response, url, options);
		const announced = response.headers.has("Content-Encoding") ? null : response.headers.get("Content-Length");
		if (announced !== null) await refuseLargeWhole(response, url, Number(announced));
		const whole = await readBody(response, url, announced === null ? { atMost: MAX_WHOLE_BYTES } : { exactly: Number(announced) });
		return new UrlSource(name, url, options, {
			size: whole.byteLength,
			whole
		});
	}
	async read(offset, length, signal) {
		signal?.throwIfAborted();
		checkRange$1(this, offset, length);
		if (this.#whole !== void 0) return this.#whole.slice(offset, offset + length);
		if (length === 0) return /* @__PURE__ */ new Uint8Array(0);
		const load = this.#options.transfer?.begin(length);
		const attempt = () => {
			load?.restart();
			return this.#readRange(offset, length, load?.arrive, signal);
		};
		try {
			return await withRetries(signal, attempt, load?.wait);
		} finally {
			load?.end();
		}
	}
	async #readRange(offset, length, onBytes, signal) {
		const range = `bytes=${offset}-${offset + length - 1}`;
		const response = await request(this.#url, this.#options, range, signal);
		if (response.status !== 206 && response.status !== 200) throw await refusal(response, this.#url, this.#options);
		await this.#checkSameFile(response);
		const { stallMs = STALL_MS } = this.#options;
		if (response.status === 206) {
			checkRangeStart(response, this.#url, offset);
			return readBody(response, this.#url, { exactly: length }, {
				stallMs,
				onBytes
			});
		}
		await refuseLargeWhole(response, this.#url, this.size);
		this.#whole = await readBody(response, this.#url, { exactly: this.size }, { stallMs });
		onBytes?.(length);
		return this.#whole.slice(offset, offset + length);
	}
	/** @throws SourceError if the answer is of another version of the file than the first one. */
	async #checkSameFile(response) {
		const etag = strongEtag(response);
		this.#etag ??= etag;
		if ((totalSize(response) ?? this.size) === this.size && (etag === void 0 || etag === this.#etag)) return;
		await discard(response);
		throw new SourceError(`${this.#url}: expected the same file of ${this.size} bytes throughout, got another version. Open the model again.`);
	}
};
/** The files below one URL of the Hub or any static server. */
var UrlFiles = class {
	name;
	transfer = new Transfer();
	#base;
	#options;
	/**
	* @param baseUrl absolute URL of the folder; the final slash is optional. Its query is used for every file.
	* @throws SourceError if it is not an http or https URL.
	*/
	constructor(baseUrl, options = {}) {
		const base = URL.canParse(baseUrl) ? new URL(baseUrl) : void 0;
		if (base === void 0 || !/^https?:$/.test(base.protocol)) throw new SourceError(`expected an address such as https://host/folder/, got ${JSON.stringify(baseUrl)}. Correct the address.`);
		base.hash = "";
		if (!base.pathname.endsWith("/")) base.pathname += "/";
		this.#base = base;
		this.#options = {
			transfer: this.transfer,
			...options
		};
		this.name = options.name ?? base.href;
	}
	/** @throws SourceError if `name` is not a plain file name, and as `UrlSource.open`. */
	async open(name, signal) {
		if (!isPlainFileName(name)) throw new SourceError(`expected a plain file name, got ${JSON.stringify(name)}. Use a name without folders.`);
		const url = new URL(this.#base);
		url.pathname += encodeURIComponent(name);
		return UrlSource.open(name, url.href, this.#options, signal);
	}
};
async function refuseLargeWhole(response, url, size) {
	if (size <= MAX_WHOLE_BYTES) return;
	await discard(response);
	throw new SourceError(`${url}: expected an answer to a range request, got the whole file of ${size} bytes. Use a server that answers ranges, or download the files and open the folder.`);
}
function checkRangeStart(response, url, offset) {
	const start = /^bytes (\d+)-/.exec(response.headers.get("Content-Range") ?? "")?.[1];
	if (start !== void 0 && Number(start) !== offset) throw new SourceError(`${url}: expected bytes from ${offset}, got bytes from ${start}. Use a server that answers ranges, or download the files.`);
}
function strongEtag(response) {
	const etag = response.headers.get("ETag");
	return etag === null || etag.startsWith("W/") ? void 0 : etag;
}
function isFallbackPage(response, name) {
	const type = response.headers.get("Content-Type") ?? "";
	return response.ok && /^text\/html\b/i.test(type) && !/\.html?$/i.test(name);
}
// src/checkpoint/sources.ts
/** Bytes in memory. */
var MemorySource = class {
	name;
	#bytes;
	constructor(bytes, name) {
		this.name = name;
		this.#bytes = bytes;
	}
	get size() {
		return this.#bytes.byteLength;
	}
	/** Returns a copy, which the caller may keep, change or transfer. */
	async read(offset, length, signal) {
		signal?.throwIfAborted();
		checkRange$1(this, offset, length);
		return this.#bytes.slice(offset, offset + length);
	}
};
/** A File that the user picked, or any Blob. */
var BlobSource = class {
	name;
	#blob;
	constructor(blob, name) {
		this.name = name;
		this.#blob = blob;
	}
	get size() {
		return this.#blob.size;
	}
	async read(offset, length, signal) {
		signal?.throwIfAborted();
		checkRange$1(this, offset, length);
		let bytes;
		try {
			bytes = new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
		} catch (cause) {
			const reason = cause instanceof Error ? cause.message : String(cause);
			throw new SourceError(`${this.name}: expected ${length} bytes at ${offset}, got none (${reason}). If the file was changed or moved since it was picked, pick it again; otherwise free some memory.`, { cause });
		}
		signal?.throwIfAborted();
		if (bytes.byteLength !== length) throw new SourceError(`${this.name}: expected ${length} bytes at ${offset}, got ${bytes.byteLength}. Pick the file again.`);
		return bytes;
	}
};
/** One file of a folder, as if it were alone in it. */
var OneFile = class {
	name;
	#folder;
	#file;
	/** @param file name of a file in `folder`. */
	constructor(folder, file) {
		this.name = file;
		this.#folder = folder;
		this.#file = file;
	}
	get transfer() {
		return this.#folder.transfer;
	}
	async open(name, signal) {
		return name === this.#file ? this.#folder.open(name, signal) : void 0;
	}
	async list() {
		return [this.#file];
	}
};
/**
* Returns the files below an address, or only the file at an address that ends in `.gguf`.
* @throws SourceError if it is not an http or https URL.
*/
function filesAt$1(url, options = {}) {
	const path = URL.canParse(url) ? new URL(url).pathname : "";
	if (!isGguf(path)) return new UrlFiles(url, options);
	const folder = new URL(".", url);
	folder.search = new URL(url).search;
	return new OneFile(new UrlFiles(folder.href, options), nameIn(path));
}
function nameIn(path) {
	const name = path.slice(path.lastIndexOf("/") + 1);
	try {
		return decodeURIComponent(name);
	} catch (cause) {
		throw new SourceError(`expected an address in UTF-8, got ${name}. Correct the address.`, { cause });
	}
}
// src/checkpoint/sink-errors.ts
/** Next step for the user, by name of a DOMException or code of a Node error. */
var NEXT_STEPS = {
	QuotaExceededError: "The disk, or the share of it a page may use, is full: free some space and export again.",
	ENOSPC: "The disk is full: free some space and export again.",
	EDQUOT: "The disk quota is used up: free some space and export again.",
	NotAllowedError: "Writing was not permitted: export again and allow it, or choose another folder.",
	SecurityError: "Writing was not permitted: choose another folder.",
	NoModificationAllowedError: "Another program holds the file: close it and export again.",
	EACCES: "There is no permission to write there: choose another folder.",
	EPERM: "There is no permission to write there: choose another folder.",
	EROFS: "The file system is read-only: choose another folder.",
	ENOTDIR: "A part of the path is a file: choose another folder.",
	EEXIST: "Something of that name is there already: choose another name.",
	ENOTEMPTY: "Something was put into the folder meanwhile: choose another name.",
	TypeMismatchError: "A file of that name is there already: choose another name.",
	RangeError: "There was not enough memory: export to a folder instead.",
	TypeError: "The name cannot be used there: choose another name."
};
/**
* Converts a platform's write error to the SinkError that users see. Returns SinkErrors and AbortErrors unchanged.
* @param doing the attempted action, for example `write model.safetensors`.
*/
function toSinkError(error, doing) {
	if (error instanceof SinkError) return error;
	if (!(error instanceof Error)) return new SinkError(`could not ${doing}: ${String(error)}. Export again.`);
	if (error.name === "AbortError") return error;
	const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
	const next = NEXT_STEPS[code] ?? "Export again, or choose another folder.";
	return new SinkError(`expected to ${doing}, got ${code} (${error.message}). ${next}`, { cause: error });
}
/** Runs `work` and converts its errors by `toSinkError`. */
async function withSinkErrors(doing, work) {
	try {
		return await work();
	} catch (error) {
		throw toSinkError(error, doing);
	}
}
// src/engine/environment/disk-range.ts
/** pread takes at most 2³¹ − 1 bytes at once. */
var MOST = 2 ** 30;
/** Reads `length` bytes from `offset` of an open file; fewer if it ends before. @throws the error of the file system. */
async function readDiskRange(file, offset, length, signal) {
	const bytes = new Uint8Array(length);
	let filled = 0;
	while (filled < length) {
		signal?.throwIfAborted();
		const { bytesRead } = await file.read(bytes, filled, Math.min(length - filled, MOST), offset + filled);
		if (bytesRead === 0) return bytes.subarray(0, filled);
		filled += bytesRead;
	}
	return bytes;
}
// src/cli/folder.ts
/** A file on disk. It is opened for each read, so that nothing has to be closed. */
var DiskSource = class {
	name;
	size;
	#path;
	#modified;
	constructor(path, size, modified) {
		this.name = basename(path);
		this.size = size;
		this.#path = path;
		this.#modified = modified;
	}
	async read(offset, length, signal) {
		signal?.throwIfAborted();
		checkRange$1(this, offset, length);
		const file = await withSourceError(this.#path, () => open(this.#path));
		try {
			const { size, mtimeMs } = await file.stat();
			if (size !== this.size || mtimeMs !== this.#modified) throw new SourceError(`${this.#path}: expected the ${this.size} bytes it had when opened, got ${size}, changed since. Open the model again.`);
			const bytes = await withSourceError(this.#path, () => readDiskRange(file, offset, length, signal));
			if (bytes.length === length) return bytes;
			throw new SourceError(`${this.#path}: expected ${length} bytes at ${offset}, got ${bytes.length}: the file shrank. Open the model again.`);
		} finally {
			await file.close();
		}
	}
};
/** A model in a folder on disk. */
var FolderFiles = class {
	name;
	#path;
	constructor(path) {
		this.#path = resolve(path);
		this.name = basename(this.#path);
	}
	/** Returns undefined if there is no such file. @throws SourceError if it cannot be read. */
	async open(name) {
		if (!isPlainFileName(name)) return void 0;
		const path = join(this.#path, name);
		return withSourceError(path, async () => {
			const file = await open(path).catch((error) => {
				if (codeOf(error) === "ENOENT") return void 0;
				throw error;
			});
			if (file === void 0) return void 0;
			try {
				const stat = await file.stat();
				return stat.isFile() ? new DiskSource(path, stat.size, stat.mtimeMs) : void 0;
			} finally {
				await file.close();
			}
		});
	}
	/** @throws SourceError if there is no such folder. */
	async list() {
		return (await withSourceError(this.#path, () => readdir(this.#path))).sort();
	}
};
/**
* Writes a new folder on disk. Files are written into a folder `….partial-…` beside it, which `commit` renames. An existing
* folder is replaced if it is empty, otherwise refused.
*/
var FolderSink = class {
	#path;
	#partial;
	/** Outermost parent folder that was created. */
	#madeParent;
	#open = /* @__PURE__ */ new Set();
	constructor(path) {
		this.#path = resolve(path);
	}
	/** @throws SinkError if the folder is not empty, or permission or space is missing. */
	async create(name) {
		const doing = `write ${join(this.#path, name)}`;
		return withSinkErrors(doing, async () => {
			const partial = this.#partial ??= await this.#prepare();
			const file = await open(join(partial, name), "wx");
			this.#open.add(file);
			return {
				write: (bytes) => withSinkErrors(doing, () => writeAll(file, bytes)),
				close: () => withSinkErrors(doing, async () => {
					await file.datasync();
					this.#open.delete(file);
					await file.close();
				})
			};
		});
	}
	async finish() {
		return new FolderFiles(this.#partial ??= await this.#prepare());
	}
	async commit() {
		await withSinkErrors(`put ${this.#path} in place`, async () => {
			const partial = this.#partial ??= await this.#prepare();
			const target = await entries$1(this.#path).then((found) => found ? realpath(this.#path) : this.#path);
			await rmdir(target).catch((error) => {
				if (codeOf(error) !== "ENOENT") throw error;
			});
			await rename(partial, target);
			this.#partial = void 0;
			this.#madeParent = void 0;
		});
	}
	async abort() {
		for (const file of this.#open) await file.close().catch(ignore);
		this.#open.clear();
		if (this.#partial !== void 0) await rm(this.#partial, {
			recursive: true,
			force: true
		});
		this.#partial = void 0;
		const made = this.#madeParent;
		this.#madeParent = void 0;
		if (made === void 0) return;
		for (let folder = dirname(this.#path); folder.length >= made.length; folder = dirname(folder)) await rmdir(folder).catch(ignore);
	}
	async #prepare() {
		const found = await entries$1(this.#path);
		if (found !== void 0 && found.length > 0) throw new SinkError(`expected a new or empty folder ${this.#path}, got one that holds ${found[0]}. Choose another folder, or empty it.`);
		this.#madeParent = await mkdir(dirname(this.#path), { recursive: true });
		const partial = `${this.#path}.partial-${randomUUID().slice(0, 8)}`;
		await mkdir(partial);
		return partial;
	}
};
async function writeAll(file, bytes) {
	for (let at = 0; at < bytes.byteLength;) {
		const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at);
		at += bytesWritten;
	}
}
/** Returns the names in a folder, or undefined if there is none. */
async function entries$1(path) {
	return readdir(path).catch((error) => {
		if (codeOf(error) === "ENOENT") return void 0;
		throw error;
	});
}
async function withSourceError(path, work) {
	try {
		return await work();
	} catch (error) {
		const code = codeOf(error);
		if (code === void 0) throw error;
		throw new SourceError(`${path}: expected a file that can be read, got ${code}. ${nextStep$1(code)}`, { cause: error });
	}
}
function nextStep$1(code) {
	if (code === "ENOENT") return "There is no such file or folder: check the path.";
	if (code === "ENOTDIR") return "A part of the path is a file: give the folder that holds config.json.";
	if (code === "EACCES" || code === "EPERM") return "There is no permission to read it: change that, or copy the files.";
	return "Check the disk and try again.";
}
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
function ignore() {}
// src/cli/folders.ts
/** Access to folders on disk, for the engine. */
var folders = {
	files: (url) => filesAt(fileURLToPath(url)),
	sink: (path) => new FolderSink(path),
	text: (url) => readText(fileURLToPath(url))
};
/** @param path a folder with a slash at its end, or a GGUF file. */
var filesAt = (path) => isGguf(path) ? new OneFile(new FolderFiles(dirname(path)), basename(path)) : new FolderFiles(path);
/** Reads a UTF-8 file. @throws SourceError if it cannot be read. */
async function readText(path) {
	try {
		return new TextDecoder().decode(await readFile(path));
	} catch (cause) {
		const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "nothing";
		throw new SourceError(`expected a file that can be read at ${path}, got ${reason}. Check the path.`, { cause });
	}
}
// src/engine/aligning/history.ts
/**
* Default memory for kept potentials. A half-step changes half of them, so it holds over 16,000 half-steps of 1024 neurons,
* or over 1000 of 14,336.
*/
var BUDGET_BYTES$2 = 64 * 2 ** 20;
/**
* Snapshots of a solve within a memory budget: of every half-step until the budget is full, then of every second, every
* fourth, …. The first and the last are always kept.
*/
var History = class {
	#budget;
	#kept = [];
	#stride = 1;
	#bytes = 0;
	constructor(budgetBytes = BUDGET_BYTES$2) {
		this.#budget = budgetBytes;
	}
	/** Bytes of all snapshots. */
	get bytes() {
		return this.#bytes;
	}
	/** True if `push` will keep this half-step; if not, its potentials need not be read from the device. */
	shouldKeep(halfStep) {
		return (halfStep - (this.#kept[0]?.halfStep ?? halfStep)) % this.#stride === 0;
	}
	/** Adds a snapshot; half-steps must ascend. With `last` it is kept even if `shouldKeep` is false. */
	push(snapshot, last = false) {
		if (!last && !this.shouldKeep(snapshot.halfStep)) return;
		const before = this.#kept.at(-1);
		if (before && !this.shouldKeep(before.halfStep)) {
			this.#kept.pop();
			this.#bytes -= added(this.#kept.at(-1), before);
		}
		this.#bytes += added(this.#kept.at(-1), snapshot);
		this.#kept.push(snapshot);
		while (this.#bytes > this.#budget && this.#kept.length > 2) this.#thin(snapshot.halfStep);
	}
	/** Clamps a half-step (default the last) to the range of the solve so far; undefined before the first. */
	clampHalfStep(halfStep) {
		const [first] = this.#kept;
		const last = this.#kept.at(-1);
		if (!first || !last) return void 0;
		return Math.min(last.halfStep, Math.max(first.halfStep, halfStep ?? last.halfStep));
	}
	/** Returns the snapshot of the clamped half-step; undefined if it was evicted or the history is empty. */
	at(halfStep) {
		const asked = this.clampHalfStep(halfStep);
		return this.#kept.findLast((snapshot) => snapshot.halfStep === asked);
	}
	/** True if this half-step was evicted. */
	isEvicted(halfStep) {
		return this.#kept.length > 0 && this.at(halfStep) === void 0;
	}
	/** The kept half-steps, ascending. */
	get halfSteps() {
		return this.#kept.map(({ halfStep }) => halfStep);
	}
	#thin(last) {
		this.#stride *= 2;
		this.#kept = this.#kept.filter(({ halfStep }) => halfStep === last || this.shouldKeep(halfStep));
		this.#bytes = this.#kept.reduce((sum, snapshot, i) => sum + added(this.#kept[i - 1], snapshot), 0);
	}
};
/** Returns the bytes that a snapshot does not share with the one before. */
var added = (before, { f, g }) => (f === before?.f ? 0 : f.byteLength) + (g === before?.g ? 0 : g.byteLength);
// src/engine/aligning/half-step.ts
/** Takes one half-step and reads its error, as all solves with a history do, so that a replay gives the same bits. */
async function takeHalfStep(solver, signal) {
	const { epsilon } = solver;
	const { f } = solver.potentials;
	await solver.halfStep(true, signal);
	const restarted = solver.potentials.f !== f;
	return {
		epsilon: restarted ? solver.epsilon : epsilon,
		restarted
	};
}
// src/engine/jobs/serial-queue.ts
/** Runs tasks one at a time, first in, first out. A task cancelled while it waits never starts. */
var SerialQueue = class {
	#tail = Promise.resolve();
	async run(task, signal) {
		throwIfAborted(signal);
		const turn = this.#tail;
		let finish = () => void 0;
		const done = new Promise((resolve) => finish = resolve);
		this.#tail = Promise.all([turn, done]);
		try {
			await raceAbort(turn, signal);
			throwIfAborted(signal);
			return await task();
		} finally {
			finish();
		}
	}
};
async function raceAbort(promise, signal) {
	if (!signal) {
		await promise;
		return;
	}
	await new Promise((resolve, reject) => {
		const onAbort = () => reject(abortError());
		signal.addEventListener("abort", onAbort, { once: true });
		promise.then(() => {
			signal.removeEventListener("abort", onAbort);
			resolve();
		});
	});
}
// src/engine/aligning/replay.ts
/**
* Recomputes evicted half-steps to the bit. It repeats the solve from its start, because potentials read from the device are
* rounded. For ascending half-steps it continues from where it is.
*/
var Replay = class {
	#begin;
	#queue = new SerialQueue();
	#solver;
	#last;
	constructor(begin) {
		this.#begin = begin;
	}
	/** Returns the potentials after a half-step. @throws AbortError between half-steps. */
	at(halfStep, signal) {
		return this.#queue.run(() => this.#take(halfStep, signal), signal);
	}
	/** Frees the solver; a later `at` starts from the beginning. */
	free() {
		this.#solver?.free();
		this.#solver = void 0;
		this.#last = void 0;
	}
	async #take(halfStep, signal) {
		if (this.#last?.halfStep === halfStep) return this.#last;
		if (this.#solver && this.#solver.halfSteps >= halfStep) this.free();
		try {
			if (!this.#solver) {
				this.#solver = this.#begin();
				await this.#solver.measure();
			}
			const solver = this.#solver;
			let { epsilon } = solver;
			while (solver.halfSteps < halfStep) ({epsilon} = await takeHalfStep(solver, signal));
			const { f, g } = await solver.snapshot();
			this.#last = {
				halfStep,
				f,
				g,
				epsilon
			};
			return this.#last;
		} catch (error) {
			this.free();
			throw error;
		}
	}
};
// src/engine/aligning/alignment.ts
/** One transport problem on the device, solved or being solved, and the history of its solution. */
var Alignment = class {
	key;
	backend;
	inputs;
	cost;
	history;
	/** Undefined if the solver is not iterative. */
	method;
	result;
	/** During a solve: the cost that the plan is formed from, if it is not `cost`. */
	formingCost;
	#replay;
	#kept;
	#exact;
	#pins = 0;
	#dropped = false;
	constructor(backend, inputs, cost, history = new History()) {
		const { solver, spec } = inputs;
		this.key = spec.key;
		this.backend = backend;
		this.inputs = inputs;
		this.cost = cost;
		this.history = history;
		this.method = solver && solver.kind !== "exact" ? solver : void 0;
		this.#replay = new Replay(() => this.solver());
	}
	/** True if the solve starts from given potentials. */
	get isContinuation() {
		return this.inputs.spec.start !== void 0 && this.method !== void 0 && acceptsStart(this.method);
	}
	/** Creates a solver at its start. The caller frees it. */
	solver() {
		if (!this.method) throw new RequestError("expected a method that iterates, got one that does not");
		return iterativeSolver(this.backend, this.cost, this.method, this.isContinuation ? this.inputs.spec.start : void 0);
	}
	get rows() {
		return this.cost.rows;
	}
	get columns() {
		return this.cost.columns;
	}
	/** Kind of the plan; `none` if the method has none. */
	get plan() {
		const { solver } = this.inputs;
		if (!solver) return "none";
		return solver.kind === "exact" ? "permutation" : "entropic";
	}
	/** The cost that the plan is formed from. */
	get planCost() {
		return this.#kept?.cost ?? this.formingCost ?? this.cost;
	}
	/** Takes ownership of a solver whose own cost the plan is formed from. */
	keep(solver) {
		this.#kept = solver;
		if (this.#dropped && this.#pins === 0) this.#free();
	}
	/**
	* Bytes on the device and of the history. Rows that belong to a base block count too, because the block cannot be evicted
	* meanwhile.
	*/
	get bytes() {
		const formed = this.planCost === this.cost ? 0 : this.planCost.bytes;
		return this.cost.bytes + formed + this.inputs.a.bytes + this.inputs.b.bytes + this.history.bytes;
	}
	/**
	* Returns the potentials after a half-step, which is clamped to the range of the solve (default the last). An evicted
	* half-step is computed again.
	* @throws RequestError before the first half-step.
	*/
	async snapshotAt(halfStep, signal) {
		const asked = this.history.clampHalfStep(halfStep);
		if (asked === void 0) throw new RequestError("expected a plan that has begun to form, got one before its first half-step: ask again");
		return this.history.at(asked) ?? this.#replay.at(asked, signal);
	}
	/** The exact assignment, if it has been computed. */
	get exact() {
		return this.#exact;
	}
	/** Computes and caches the exact assignment. */
	async solveExactly(signal, onProgress) {
		this.#exact ??= await assign(await this.cost.readAll(signal), this.rows, this.columns, {
			signal,
			onProgress
		});
		return this.#exact;
	}
	/** Keeps the tensors until `use` ends, even if the alignment is dropped meanwhile. */
	async pinned(use) {
		this.#pins++;
		try {
			return await use();
		} finally {
			this.#pins--;
			if (this.#dropped && this.#pins === 0) this.#free();
		}
	}
	/** Frees the tensors, now or when the last `pinned` use ends. */
	drop() {
		if (this.#dropped) return;
		this.#dropped = true;
		if (this.#pins === 0) this.#free();
	}
	#free() {
		this.#kept?.free();
		this.#kept = void 0;
		this.#replay.free();
		this.cost.free();
		this.inputs.free();
	}
};
// src/engine/aligning/alignments.ts
/** Default memory for all alignments together; the newest stays whatever its size. */
var BUDGET_BYTES$1 = 256 * 2 ** 20;
var MAX_EVICTED = 8;
/** LRU cache of alignments by key. */
var Alignments = class {
	/** Specs of alignments that were lost with a device. */
	lost;
	#budget;
	#held = /* @__PURE__ */ new Map();
	/** Last potentials of the alignments removed most recently, so that a cancelled solve can be continued. */
	#evicted = /* @__PURE__ */ new Map();
	constructor(lost = /* @__PURE__ */ new Map(), budgetBytes = BUDGET_BYTES$1) {
		this.lost = lost;
		this.#budget = budgetBytes;
	}
	/** Specs of finished alignments, and of those lost before. */
	get specs() {
		const specs = new Map(this.lost);
		for (const { key, inputs, result } of this.#held.values()) if (result) specs.set(key, inputs.spec);
		return specs;
	}
	/** Returns the last potentials of an alignment that is held or was removed recently. */
	potentialsOf(key) {
		return this.#held.get(key)?.history.at() ?? this.#evicted.get(key);
	}
	/** Returns the alignment of this key and marks the entry as recently used. */
	get(key) {
		const alignment = this.#held.get(key);
		if (alignment) {
			this.#held.delete(key);
			this.#held.set(key, alignment);
		}
		return alignment;
	}
	/** Returns the most recently used alignment that fits, without marking it as used. */
	find(fits) {
		return [...this.#held.values()].findLast(fits);
	}
	/** Like `get`. @throws AlignmentGoneError if the alignment is not held. */
	require(key) {
		const alignment = this.get(key);
		if (alignment) return alignment;
		throw new AlignmentGoneError("expected an alignment that is still held, got one that was dropped or never made: align again");
	}
	add(alignment) {
		this.#held.get(alignment.key)?.drop();
		this.#held.delete(alignment.key);
		this.#held.set(alignment.key, alignment);
		this.makeRoom(0);
	}
	/** Evicts the least recently used until `bytes` more fit. With 0 bytes it keeps the newest whatever its size. */
	makeRoom(bytes) {
		let total = bytes;
		for (const alignment of this.#held.values()) total += alignment.bytes;
		for (const alignment of this.#held.values()) {
			if (total <= this.#budget || bytes === 0 && this.#held.size === 1) return;
			total -= alignment.bytes;
			this.remove(alignment);
		}
	}
	remove(alignment) {
		if (this.#held.get(alignment.key) === alignment) this.#held.delete(alignment.key);
		const last = alignment.history.at();
		if (last) this.#evicted.set(alignment.key, last);
		const [oldest] = this.#evicted.keys();
		if (this.#evicted.size > MAX_EVICTED && oldest !== void 0) this.#evicted.delete(oldest);
		alignment.drop();
	}
	clear() {
		this.lost.clear();
		for (const alignment of this.#held.values()) this.remove(alignment);
		this.#evicted.clear();
	}
};
/** The workspace's alignments. On a new device finished ones are solved again when they are requested. */
var alignments = {
	make: (_, lost) => new Alignments(lost),
	clear: (kept) => kept.clear(),
	carry: (kept) => kept.specs
};
// src/engine/workspace/context.ts
/** Returns a progress callback for one part of a job, which is `start` … `end` of the whole. */
function progress({ emit }, label, start = 0, end = 1) {
	let last = -Infinity;
	return (fraction) => {
		const whole = start + (end - start) * Math.min(1, Math.max(0, fraction));
		if (whole - last < .01 && fraction < 1) return;
		last = whole;
		emit({
			type: "progress",
			progress: {
				label,
				fraction: whole
			}
		});
	};
}
// src/engine/aligning/recorder.ts
/** Takes half-steps of a solver, and records errors and snapshots of potentials. */
var Recorder = class {
	/** Marginal error by half-step; NaN if a random start is so far off that its error overflows. */
	errors = [];
	#alignment;
	#solver;
	#f;
	#g;
	constructor(alignment, solver) {
		this.#alignment = alignment;
		this.#solver = solver;
	}
	/**
	* True if the plan can be drawn and is recorded: with ProgOT only in the last step, because every step has a cost of its
	* own, which is freed with the step.
	*/
	get showsPlan() {
		const { name, index, count } = this.#solver.frame.stage;
		return name !== "step" || index === count - 1;
	}
	async start() {
		await this.#solver.measure();
		await this.#record(this.#solver.epsilon);
	}
	async halfStep(signal) {
		const solver = this.#solver;
		const { halfSteps, cost } = solver;
		const { epsilon, restarted } = await takeHalfStep(solver, signal);
		const both = restarted || solver.plan.kind === "unbalanced";
		if (both || halfSteps % 2 === 0) this.#g = void 0;
		if (both || halfSteps % 2 === 1) this.#f = void 0;
		if (cost !== solver.cost) this.#alignment.formingCost = solver.cost;
		await this.#record(epsilon);
	}
	async #record(epsilon) {
		const { backend, history } = this.#alignment;
		const { halfSteps, marginalError, done, potentials } = this.#solver;
		this.errors.push(Number.isFinite(marginalError) ? marginalError : NaN);
		if (!this.showsPlan || !done && !history.shouldKeep(halfSteps)) return;
		this.#f ??= await backend.read(potentials.f);
		this.#g ??= await backend.read(potentials.g);
		history.push({
			halfStep: halfSteps,
			f: this.#f,
			g: this.#g,
			epsilon
		}, done);
	}
};
/** Minimum time between frames, below that of a screen refresh. */
var FRAME_MS = 12;
/** How long to compute before the event loop may run requested pictures. */
var SLICE_MS$1 = 8;
/** Solves an alignment half-step by half-step. Frames are sent of half-steps whose plan can be drawn. */
async function iterate(alignment, { signal, emit }) {
	const { backend, cost, key } = alignment;
	const solver = alignment.solver();
	let kept = false;
	try {
		const recorder = new Recorder(alignment, solver);
		const pause = createYielder(SLICE_MS$1);
		let framed = -Infinity;
		const frame = () => {
			const now = performance.now();
			if (now - framed < FRAME_MS && !solver.done) return;
			framed = now;
			const { stage } = solver.frame;
			if (!recorder.showsPlan) {
				emit({
					type: "progress",
					progress: {
						label: `Step ${stage.index + 1} of ${stage.count}`,
						fraction: stage.index / stage.count
					}
				});
				return;
			}
			const marginalError = recorder.errors.at(-1) ?? NaN;
			const { halfSteps: halfStep, epsilon } = solver;
			emit({
				type: "frame",
				frame: {
					key,
					halfStep,
					marginalError,
					epsilon
				}
			});
		};
		await recorder.start();
		frame();
		while (!solver.done) {
			throwIfAborted(signal);
			await recorder.halfStep(signal);
			frame();
			await pause();
		}
		const measures = await planMeasures(backend, solver.plan, signal);
		if (alignment.rows <= 512) await alignment.solveExactly(signal);
		const { halfSteps, iterations, converged, epsilon } = solver;
		kept = solver.cost !== cost;
		if (kept) alignment.keep(solver);
		const { errors } = recorder;
		return {
			plan: "entropic",
			halfSteps,
			iterations,
			epsilon,
			converged,
			errors,
			...pickMeasures(measures)
		};
	} finally {
		alignment.formingCost = void 0;
		if (!kept) solver.free();
	}
}
var pickMeasures = ({ planPerplexity, transportCost, marginalError, argmax }) => ({
	planPerplexity,
	transportCost,
	marginalError,
	argmax
});
// src/engine/aligning/nearest.ts
/** Returns the column of least cost in every row (the first if equal), and that cost. */
async function nearestColumns({ backend, cost, rows, columns }, signal) {
	const nearest = {
		columns: new Uint32Array(rows),
		costs: new Float32Array(rows)
	};
	const scope = new Scope(backend);
	try {
		const f = scope.own(backend.zeros([rows], "zero potentials"));
		const g = scope.own(backend.zeros([columns], "zero potentials"));
		await cost.forEach(async (band) => {
			const measured = scope.own(backend.planRows(band, {
				f,
				g,
				epsilon: 1
			}));
			const values = await backend.read(measured);
			scope.free(measured);
			for (let row = 0; row < band.rows; row++) {
				const at = row * 5;
				nearest.columns[band.rowStart + row] = values[at + PLAN_ROW.argmax] ?? 0;
				nearest.costs[band.rowStart + row] = -(values[at + PLAN_ROW.peak] ?? NaN);
			}
		}, signal);
		return nearest;
	} finally {
		scope.free();
	}
}
// src/engine/aligning/solve.ts
/**
* Solves an alignment and stores the result in it.
* @param started `performance.now()` when the job began.
*/
function solveAlignment(alignment, started, context) {
	return alignment.pinned(async () => {
		const solution = await solutionOf(alignment, context);
		const { key, rows, columns, cost, exact, isContinuation, backend } = alignment;
		const { gap, tensor, recipe } = alignment.inputs.spec;
		alignment.result = {
			key,
			gap,
			tensor,
			method: recipe.method,
			rows,
			columns,
			...solution,
			costMean: cost.mean,
			costDeviation: cost.standardDeviation,
			...exact ? {
				exactCost: exact.cost,
				assignment: exact.assignment
			} : {},
			milliseconds: performance.now() - started,
			backend: backend.info.kind,
			...isContinuation ? { continued: true } : {}
		};
		return alignment.result;
	});
}
async function solutionOf(alignment, context) {
	const { solver } = alignment.inputs;
	if (alignment.method) return iterate(alignment, context);
	const common = {
		halfSteps: 0,
		iterations: 0,
		epsilon: 0,
		converged: true,
		errors: []
	};
	const { rows, columns, backend } = alignment;
	if (!solver) {
		if (rows <= 512) await alignment.solveExactly(context.signal);
		const nothing = {
			planPerplexity: NaN,
			transportCost: NaN,
			marginalError: NaN
		};
		const argmax = (await nearestColumns(alignment, context.signal)).columns;
		return {
			plan: "none",
			...common,
			...nothing,
			argmax
		};
	}
	const { assignment, cost: transportCost } = await alignment.solveExactly(context.signal, progress(context, "Exact assignment"));
	const measures = await planMeasures(backend, {
		kind: "permutation",
		assignment,
		columns,
		transportCost
	});
	return {
		plan: "permutation",
		...common,
		...pickMeasures(measures)
	};
}
// src/engine/aligning/align.ts
/** Largest cost matrix that is stored; a larger one is recomputed in every pass. */
var COST_BYTES = 256 * 2 ** 20;
/** Solves the transport problem of one tensor and caches it. A cached result is returned at once. */
var align = async (workspace, request, context) => {
	const spec = specOf(workspace, request);
	const held = workspace.get(alignments).get(spec.key)?.result;
	return held ? copyOf$1(held) : solve(workspace, spec, context);
};
async function solve(workspace, spec, context) {
	const started = performance.now();
	const alignment = await build(workspace, spec, context);
	workspace.get(alignments).add(alignment);
	try {
		return copyOf$1(await solveAlignment(alignment, started, context));
	} catch (error) {
		workspace.get(alignments).remove(alignment);
		throw error;
	}
}
/**
* Returns the alignment of a key, solved again if it was lost with a device.
* @throws AlignmentGoneError if it was evicted or never made.
*/
async function alignmentOf(workspace, key, signal) {
	const kept = workspace.get(alignments);
	const spec = kept.lost.get(key);
	if (spec && !kept.get(key)) await solve(workspace, spec, {
		signal,
		emit: () => void 0
	});
	return kept.require(key);
}
/** Returns the spec of a request, with the potentials to start from if they are known. */
function specOf(workspace, request) {
	const { gap, tensor, part, against = NEXT, from } = request;
	const recipe = parseRecipe(request.recipe);
	const start = from && workspace.get(alignments).potentialsOf(from.key);
	const { method, solver, cost, parents, structured, zeroInit, seed } = recipe;
	const settings = JSON.stringify([
		solver,
		cost,
		parents[gap],
		structured,
		zeroInit
	]);
	const place = [
		gap,
		tensor,
		part ?? "all",
		againstText(against)
	];
	const key = [
		workspace.model.id,
		...place,
		method,
		settings,
		seed
	].join(" ");
	const own = {
		recipe,
		gap,
		tensor,
		against,
		...part === void 0 ? {} : { part }
	};
	if (!from || !start) return {
		key,
		...own
	};
	return {
		key: `${key} from ${digest$1(`${from.key} ${start.halfStep}`)}`,
		...own,
		start
	};
}
/** Copies the arrays, because those of the returned result are transferred to another thread. */
var copyOf$1 = (result) => ({
	...result,
	argmax: result.argmax.slice(),
	...result.assignment ? { assignment: result.assignment.slice() } : {}
});
async function build(workspace, spec, context) {
	const { recipe, gap, tensor, part, against } = spec;
	const { signal, emit } = context;
	const { backend, weights } = workspace;
	if (!PLANNED_TENSORS.includes(tensor)) throw new RequestError(`align: expected a tensor among ${PLANNED_TENSORS.join(", ")}, got ${tensor}`);
	const problem = await workspace.get(features).useFor(recipe, {
		signal,
		onProgress: (progress) => emit({
			type: "progress",
			progress
		})
	}, (found) => alignmentProblem(backend, weights, {
		...recipe,
		gap,
		tensor,
		part,
		against
	}, {
		signal,
		features: found
	}));
	try {
		const { a, b } = problem;
		checkStart(spec, a.shape[0] ?? 0, b.shape[0] ?? 0);
		workspace.get(alignments).makeRoom(Math.min(COST_BYTES, 4 * (a.shape[0] ?? 1) * (b.shape[0] ?? 1)));
		const cost = await CostMatrix.build(backend, a, b, {
			cost: problem.cost,
			budgetBytes: COST_BYTES,
			signal
		});
		return new Alignment(backend, {
			spec,
			solver: problem.solver,
			a,
			b,
			free: problem.free
		}, cost);
	} catch (error) {
		problem.free();
		throw error;
	}
}
function checkStart({ start }, rows, columns) {
	if (!start || start.f.length === rows && start.g.length === columns) return;
	throw new RequestError(`align: expected potentials of ${rows} × ${columns} neurons to go on from, got ${start.f.length} × ${start.g.length}. Start from an alignment of the same tensor.`);
}
// src/engine/neurons/cell.ts
var BEST = 5;
/** Reads one cell of an alignment: cost, mass, both neurons' weights, and the best partners of each. */
var cell = async (workspace, { key, row, column, halfStep }, { signal }) => {
	const alignment = await alignmentOf(workspace, key, signal);
	checkIndex("cell", "row", row, alignment.rows);
	checkIndex("cell", "column", column, alignment.columns);
	return alignment.pinned(async () => {
		const lines = await readRows(alignment, row, column);
		const costs = await costLines(alignment.cost, row, column);
		const common = {
			key,
			row,
			column,
			cost: costs.row[column] ?? NaN,
			ground: alignment.cost.settings,
			rowWeights: lines.rowWeights,
			columnWeights: lines.columnWeights
		};
		const { planCost, plan } = alignment;
		const snapshot = plan === "entropic" ? await alignment.snapshotAt(halfStep, signal) : void 0;
		const formed = planCost === alignment.cost ? costs : await costLines(planCost, row, column);
		const planned = partners(alignment, snapshot, {
			row,
			column
		}, formed);
		return {
			...common,
			...planned
		};
	});
};
/** @throws RequestError for an index outside `size`. */
function checkIndex(job, what, index, size) {
	if (Number.isInteger(index) && index >= 0 && index < size) return;
	throw new RequestError(`${job}: expected a ${what} from 0 to ${size - 1}, got ${index}`);
}
function partners(alignment, snapshot, at, costs) {
	if (snapshot) return entropic(snapshot, at, costs);
	const assignment = alignment.exact?.assignment;
	if (alignment.plan === "permutation" && assignment) {
		const before = assignment.indexOf(at.column);
		return {
			halfStep: 0,
			mass: assignment[at.row] === at.column ? 1 : 0,
			bestColumns: [{
				index: assignment[at.row] ?? 0,
				value: 1
			}],
			bestRows: before < 0 ? [] : [{
				index: before,
				value: 1
			}]
		};
	}
	return {
		halfStep: 0,
		bestColumns: best(costs.row, -1),
		bestRows: best(costs.column, -1)
	};
}
/** Computes n·T_ij = n·exp((f_i + g_j − M_ij)/ε) of the cell's row and column in float64. */
function entropic({ f, g, epsilon, halfStep }, { row, column }, costs) {
	const n = f.length;
	const mass = (i, j, cost) => n * Math.exp(((f[i] ?? NaN) + (g[j] ?? NaN) - cost) / epsilon);
	const rowMasses = Float64Array.from(costs.row, (cost, j) => mass(row, j, cost));
	const columnMasses = Float64Array.from(costs.column, (cost, i) => mass(i, column, cost));
	expectFinite(`row ${row} of the plan at half-step ${halfStep}`, rowMasses);
	expectFinite(`column ${column} of the plan at half-step ${halfStep}`, columnMasses);
	return {
		halfStep,
		mass: rowMasses[column] ?? NaN,
		f: f[row] ?? NaN,
		g: g[column] ?? NaN,
		epsilon,
		bestColumns: best(rowMasses, 1),
		bestRows: best(columnMasses, 1)
	};
}
/** Returns the largest values (sign 1) or the smallest (−1), best first; ties by index. */
function best(values, sign) {
	const found = [];
	for (const [index, value] of values.entries()) {
		const rank = found.findIndex((other) => sign * value > sign * other.value);
		if (rank >= 0) found.splice(rank, 0, {
			index,
			value
		});
		else if (found.length < BEST) found.push({
			index,
			value
		});
		if (found.length > BEST) found.pop();
	}
	return found;
}
/** Reads one row and one column of a cost matrix. @throws NumericError for a cost that is not finite. */
async function costLines(cost, row, column) {
	const lines = {
		row: await cost.row(row),
		column: await cost.column(column)
	};
	expectFinite(`cost of row ${row}`, lines.row);
	expectFinite(`cost of column ${column}`, lines.column);
	return lines;
}
/** Reads the two compared rows, before the cost normalises them. */
async function readRows({ backend, inputs }, row, column) {
	const { a, b } = inputs;
	const scope = new Scope(backend);
	const pick = async (x, index) => {
		const place = scope.own(backend.upload(Uint32Array.of(index), [1], "u32", "row index"));
		const values = await backend.read(scope.own(backend.gather(x, place)));
		expectFinite(`weights of row ${index}`, values);
		return values;
	};
	try {
		return {
			rowWeights: await pick(a, row),
			columnWeights: await pick(b, column)
		};
	} finally {
		scope.free();
	}
}
// src/transport/cost-submatrix.ts
/** Largest band on the device. */
var BAND_BYTES$1 = 2 ** 24;
/** Returns the rows per band of a submatrix; the same for submatrices of two matrices of one size. */
var submatrixBandRows = (rows, wholeColumns) => Math.max(1, Math.min(rows, Math.floor(BAND_BYTES$1 / (4 * wholeColumns))));
/**
* Selected rows and columns of a cost matrix, in any order, with exactly the numbers of the whole matrix: gathered from its
* bands if it is resident, else computed from the selected points. The matrix must outlive it.
*/
var CostSubmatrix = class {
	rows;
	columns;
	bandRows;
	resident = false;
	#backend;
	#cost;
	#scope;
	#rowPlaces;
	#columnPlaces;
	/** The selected points, if the whole matrix is not resident. */
	#points;
	#scratch;
	/** `rows` and `columns` are indices into the whole matrix. */
	constructor(backend, cost, rows, columns) {
		this.#backend = backend;
		this.#cost = cost;
		this.#rowPlaces = rows;
		this.rows = rows.length;
		this.columns = columns.length;
		this.bandRows = submatrixBandRows(this.rows, cost.columns);
		this.#scope = new Scope(backend, "costs");
		try {
			this.#columnPlaces = this.#indices(columns);
			if (!cost.resident) {
				const { a, b } = cost.points;
				this.#points = {
					a: isAll(rows, cost.rows) ? a : this.#scope.own(backend.gather(a, this.#indices(rows))),
					b: isAll(columns, cost.columns) ? b : this.#scope.own(backend.gather(b, this.#columnPlaces))
				};
			}
			this.#scratch = this.#scope.own(backend.zeros([this.bandRows, this.columns], "part of a cost"));
		} catch (error) {
			this.#scope.free();
			throw error;
		}
	}
	band(rowStart) {
		const rows = Math.min(this.bandRows, this.rows - rowStart);
		if (this.#points) {
			const { a, b } = this.#points;
			this.#backend.pairwiseDistance(a, b, rowStart, rows, this.#scratch, this.#cost.distance);
			return {
				cost: this.#scratch,
				rowStart,
				rows
			};
		}
		const scope = new Scope(this.#backend, "costs");
		try {
			const places = new Uint32Array(this.bandRows).fill(this.#rowPlaces[rowStart] ?? 0);
			places.set(this.#rowPlaces.subarray(rowStart, rowStart + rows));
			const index = scope.own(this.#backend.upload(places, [places.length], "u32", "rows of a part"));
			const whole = scope.own(this.#backend.zeros([this.bandRows, this.#cost.columns], "rows of a cost"));
			for (let from = 0; from < this.#cost.rows; from += this.#cost.bandRows) {
				const { cost } = this.#cost.band(from);
				this.#backend.gather(cost, index, {
					offset: from,
					into: whole
				});
			}
			this.#backend.gather(whole, this.#columnPlaces, {
				axis: 1,
				into: this.#scratch
			});
		} finally {
			scope.free();
		}
		return {
			cost: this.#scratch,
			rowStart,
			rows
		};
	}
	/** May be called twice. */
	free() {
		this.#scope.free();
	}
	#indices(values) {
		return this.#scope.own(this.#backend.upload(values, [values.length], "u32", "places of a part"));
	}
};
var isAll = (places, size) => places.length === size && places.every((index, place) => index === place);
// src/transport/potentials.ts
/** Copies a snapshot to the device. The caller frees `f` and `g`. */
function uploadPotentials(backend, { f, g, epsilon }) {
	return {
		f: backend.countAs("plans", backend.upload(f, [f.length], "f32", "row potentials")),
		g: backend.countAs("plans", backend.upload(g, [g.length], "f32", "column potentials")),
		epsilon
	};
}
// src/engine/plans/device-matrix.ts
function deviceMatrix(backend, cost, snapshot, places) {
	const part = places && new CostSubmatrix(backend, cost, places.rows, places.columns);
	try {
		const potentials = snapshot && uploadPotentials(backend, reorderPotentials(snapshot, places));
		const free = () => {
			if (potentials) backend.free(potentials.f, potentials.g);
			part?.free();
		};
		return {
			bands: part ?? cost,
			potentials,
			free
		};
	} catch (error) {
		part?.free();
		throw error;
	}
}
/** Returns values in the order of `places` instead of by index. */
var reorder = (values, places) => places ? Float32Array.from(places, (index) => values[index] ?? NaN) : values;
var reorderPotentials = (snapshot, places) => ({
	...snapshot,
	f: reorder(snapshot.f, places?.rows),
	g: reorder(snapshot.g, places?.columns)
});
/** Returns an assignment from places to places; −1 if the column is not in `places`. */
function reorderAssignment(assignment, places) {
	if (!places) return Int32Array.from(assignment);
	const placeOf = new Map(Array.from(places.columns, (column, place) => [column, place]));
	return Int32Array.from(places.rows, (row) => placeOf.get(assignment[row] ?? -1) ?? -1);
}
// src/engine/aligning/alignment-cache.ts
/** Caches one value of a job per alignment, as long as the alignment lives. */
var AlignmentCache = class {
	#make;
	#held = /* @__PURE__ */ new WeakMap();
	constructor(make) {
		this.#make = make;
	}
	/** Returns the value of this alignment, created by `make` on first use. */
	of(alignment) {
		const held = this.#held.get(alignment) ?? this.#make();
		this.#held.set(alignment, held);
		return held;
	}
};
// src/engine/plans/curve.ts
var UNMEASURABLE = {
	transportCost: NaN,
	planPerplexity: NaN
};
var MAX_HALF_STEPS = 4096;
/** Measures of an alignment's plan by half-step. */
var known$2 = new AlignmentCache(() => /* @__PURE__ */ new Map());
/** How long to compute before the event loop may run requested pictures. */
var SLICE_MS = 8;
/** Measures transport cost and plan perplexity of a plan after the given half-steps. */
var curve = async (workspace, { key, halfSteps }, context) => {
	const { signal } = context;
	const alignment = await alignmentOf(workspace, key, signal);
	check$1(alignment, halfSteps);
	const report = progress(context, "Measuring the plan");
	const pause = createYielder(SLICE_MS);
	return alignment.pinned(async () => {
		const asked = [...new Set(halfSteps)].toSorted((a, b) => a - b);
		for (const [i, halfStep] of asked.entries()) {
			throwIfAborted(signal);
			await measuredAt(alignment, halfStep, signal);
			report((i + 1) / asked.length);
			await pause();
		}
		const measures = halfSteps.map((halfStep) => known$2.of(alignment).get(halfStep) ?? UNMEASURABLE);
		return {
			transportCost: measures.map(({ transportCost }) => transportCost),
			planPerplexity: measures.map(({ planPerplexity }) => planPerplexity)
		};
	});
};
async function measuredAt(alignment, halfStep, signal) {
	const { backend, planCost, cost } = alignment;
	const measures = known$2.of(alignment);
	const held = measures.get(halfStep);
	if (held) return held;
	const { potentials, free } = deviceMatrix(backend, planCost, await alignment.snapshotAt(halfStep, signal), void 0);
	let measured = UNMEASURABLE;
	try {
		const plan = {
			kind: "entropic",
			cost: planCost,
			potentials,
			...planCost === cost ? {} : { ground: cost }
		};
		const { transportCost, planPerplexity } = await planMeasures(backend, plan, signal);
		measured = {
			transportCost,
			planPerplexity
		};
	} catch (error) {
		if (!(error instanceof TransportError)) throw error;
	} finally {
		free();
	}
	measures.set(halfStep, measured);
	return measured;
}
function check$1({ plan, history }, halfSteps) {
	if (plan !== "entropic") throw new RequestError("curve: expected a plan that is iterated, got a method without one");
	if (halfSteps.length > MAX_HALF_STEPS) throw new RequestError(`curve: expected at most ${MAX_HALF_STEPS} half-steps, got ${halfSteps.length}. Ask for some of them.`);
	const last = history.clampHalfStep() ?? -1;
	const wrong = halfSteps.find((step) => !(Number.isInteger(step) && step >= 0 && step <= last));
	if (wrong === void 0) return;
	throw new RequestError(`curve: expected half-steps from 0 to ${last}, got ${wrong}`);
}
// src/llama/divergence.ts
/**
* Returns the sum over rows of KL(p ‖ q) in nats, where p and q are the softmax of the rows of two `[rows, V]` matrices of
* logits. Computed in float64 as Σ p·((x − y) − (log Z_p − log Z_q)), which is exactly 0 for equal logits.
*/
function sumOfDivergences(p, q, rows) {
	const width = p.length / rows;
	let sum = 0;
	for (let row = 0; row < rows; row++) {
		const x = p.subarray(row * width, (row + 1) * width);
		const y = q.subarray(row * width, (row + 1) * width);
		const logP = logSumExp(x);
		const logRatio = logP - logSumExp(y);
		let divergence = 0;
		for (let i = 0; i < width; i++) {
			const logit = x[i];
			divergence += Math.exp(logit - logP) * (logit - y[i] - logRatio);
		}
		sum += Math.max(0, divergence);
	}
	return sum;
}
function logSumExp(values) {
	let largest = -Infinity;
	for (const value of values) largest = Math.max(largest, value);
	let sum = 0;
	for (const value of values) sum += Math.exp(value - largest);
	return largest + Math.log(sum);
}
// src/llama/stacks.ts
/** Most tokens in a stack: enough to keep a GPU busy, as in a training step. */
var STACK_TOKENS = 1024;
/** Groups neighbouring windows of one length, to be computed together. Their order stays. */
function stacksOf(windows) {
	const stacks = [];
	for (const ids of windows) {
		const last = stacks.at(-1);
		if (last?.[0]?.length === ids.length && (last.length + 1) * ids.length <= STACK_TOKENS) last.push(ids);
		else stacks.push([ids]);
	}
	return stacks;
}
/** Returns the token ids of all windows, one window after the other. */
function joined(windows) {
	const all = new Uint32Array(windows.reduce((sum, ids) => sum + ids.length, 0));
	let start = 0;
	for (const ids of windows) {
		all.set(ids, start);
		start += ids.length;
	}
	return all;
}
// src/llama/evaluate.ts
/**
* Computes the loss of a model on windows of token ids (see `cutWindows`).
* @throws EvaluationError if a window is shorter than two tokens, an id is outside the vocabulary, or a loss is not finite.
*/
async function evaluate(model, windows, { signal, onProgress, base, shared, divergence = false } = {}) {
	checkWindows(windows, model.config.vocabSize);
	const inputs = windows.map((ids) => ids.subarray(0, -1));
	const stacks = shared ? inputs.map((ids) => [ids]) : stacksOf(inputs);
	const predictions = inputs.reduce((sum, ids) => sum + ids.length, 0);
	const progress = new EvaluationProgress(model, base, predictions, onProgress);
	const nll = new Float32Array(predictions);
	let largest = 0;
	let diverged = 0;
	let done = 0;
	const scope = new Scope(model.backend, "activations");
	const states = async (of) => {
		const forward = {
			signal,
			onProgress: progress.blocks(of)
		};
		return (await (shared ? shared.hidden(of, inputs, forward) : of.hiddenOfStacks(stacks, forward))).map((tensor) => scope.own(tensor));
	};
	try {
		const hidden = await states(model);
		const compared = base && {
			model: base,
			hidden: await states(base)
		};
		const all = joined(windows.map((ids) => ids.subarray(1)));
		for (const [i, state] of hidden.entries()) {
			const [rows = 0] = state.shape;
			const targets = all.subarray(done, done + rows);
			const other = compared?.hidden[i];
			for (let row = 0; row < targets.length; row += model.logitRows) {
				signal?.throwIfAborted();
				const chunk = targets.subarray(row, row + model.logitRows);
				const result = await evaluateRows({
					model,
					state
				}, base && other && {
					model: base,
					state: other,
					divergence
				}, row, chunk, signal);
				nll.set(result.nll, done);
				done += chunk.length;
				largest = Math.max(largest, result.difference);
				diverged += result.divergence;
				progress.head(chunk.length);
			}
		}
	} finally {
		scope.free();
	}
	const loss = meanLoss(nll);
	const result = {
		nll,
		loss,
		perplexity: Math.exp(loss)
	};
	if (base === void 0) return result;
	const compared = {
		...result,
		maxLogitDifference: largest
	};
	return divergence ? {
		...compared,
		klFromBase: diverged / nll.length
	} : compared;
}
async function evaluateRows(of, base, row, targets, signal) {
	const { backend } = of.model;
	const scope = new Scope(backend, "activations");
	try {
		const logits = scope.own(await of.model.logits(of.state, row, targets.length, signal));
		const index = scope.own(backend.upload(targets, [targets.length], "u32", "target ids"));
		const nll = scope.own(backend.crossEntropy(logits, index));
		let difference = 0;
		let divergence = 0;
		if (base !== void 0) {
			const baseLogits = scope.own(await base.model.logits(base.state, row, targets.length, signal));
			const [value] = await backend.read(scope.own(backend.maxAbsDifference(logits, baseLogits)));
			difference = value ?? 0;
			if (base.divergence) divergence = sumOfDivergences(await backend.read(baseLogits), await backend.read(logits), targets.length);
		}
		return {
			nll: await backend.read(nll),
			difference,
			divergence
		};
	} finally {
		scope.free();
	}
}
function checkWindows(windows, vocabSize) {
	if (windows.length === 0) throw tooShort(0);
	for (const ids of windows) {
		if (ids.length < 2) throw tooShort(ids.length);
		checkTokenIds(ids, vocabSize);
	}
}
var tooShort = (tokens) => new EvaluationError(`Expected a text of at least 2 tokens (the first is only read, the others are predicted), got ${tokens}. Take a longer text.`);
function meanLoss(nll) {
	let sum = 0;
	for (const [i, value] of nll.entries()) {
		if (!Number.isFinite(value)) throw new EvaluationError(`Expected a finite loss for every token, got ${value} at prediction ${i + 1} of ${nll.length}. Check the model's weights and configuration, or evaluate on the CPU backend to compare.`);
		sum += value;
	}
	return sum / nll.length;
}
/** Reports progress, with blocks and head weighted by their number of multiplications. */
var EvaluationProgress = class {
	#report;
	#total;
	#predictions;
	#headWork;
	#done = 0;
	constructor(model, base, predictions, report) {
		const { vocabSize, hiddenSize } = model.config;
		const models = base === void 0 ? [model] : [model, base];
		this.#report = report;
		this.#predictions = predictions;
		this.#headWork = vocabSize * hiddenSize * models.length;
		const blocks = models.reduce((sum, each) => sum + blockWork(each), 0);
		this.#total = (blocks + this.#headWork) * predictions;
	}
	/** Returns the progress callback for one pass through a model's blocks. */
	blocks(model) {
		const start = this.#done;
		return (fraction) => this.#set(start + fraction * blockWork(model) * this.#predictions);
	}
	head(rows) {
		this.#set(this.#done + rows * this.#headWork);
	}
	#set(done) {
		this.#done = done;
		this.#report?.(Math.min(1, done / this.#total));
	}
};
var blockWork = (model) => model.layers.length * countBlockParameters(model.config);
// src/llama/hidden-state-cache.ts
/** Texts with larger states are not cached. */
var MAX_BYTES = 2 ** 26;
/**
* Caches states that models of the same weights share on a text: the residual streams below the first block that differs from
* the base model, and the base model's final states. Holds only the last text and depth, on the device. Comparing several models
* with the base then only runs the blocks that differ.
*/
var HiddenStateCache = class {
	#backend;
	#windows = [];
	#below;
	#base;
	constructor(backend) {
		this.#backend = backend;
	}
	/** Returns the same as `model.hidden`, bit for bit. All models until the next `free` must have the same weights. */
	async hidden(model, windows, options = {}) {
		if (8 * windows.reduce((sum, { length }) => sum + length, 0) * model.config.hiddenSize > MAX_BYTES) return model.hidden(windows, options);
		if (!sameWindows(windows, this.#windows)) {
			this.free();
			this.#windows = windows.map((ids) => ids.slice());
		}
		const depth = sharedDepth(model);
		const isBase = depth === model.layers.length && depth === model.config.layers;
		if (isBase && this.#base) {
			options.onProgress?.(1);
			return this.#base.map((state) => this.#copy(state));
		}
		const start = this.#below && this.#below.depth <= depth ? this.#below : void 0;
		const seen = isBase || start?.depth === depth ? void 0 : /* @__PURE__ */ new Map();
		try {
			const states = await model.hidden(windows, {
				...options,
				start,
				onStream: async (view) => {
					if (view.depth === depth) seen?.set(view.window, this.#copy(view.stream));
				}
			});
			if (isBase) this.#base = states.map((state) => this.#copy(state));
			if (seen) this.#keepBelow({
				depth,
				streams: windows.flatMap((_, window) => seen.get(window) ?? [])
			});
			return states;
		} catch (error) {
			if (seen) this.#backend.free(...seen.values());
			throw error;
		}
	}
	/** Frees all cached states. The object stays usable. */
	free() {
		this.#keepBelow(void 0);
		this.#backend.free(...this.#base ?? []);
		this.#base = void 0;
		this.#windows = [];
	}
	#keepBelow(below) {
		this.#backend.free(...this.#below?.streams ?? []);
		this.#below = below;
	}
	#copy(x) {
		const copy = this.#backend.countAs("activations", this.#backend.zeros(x.shape, `${x.label} kept`));
		this.#backend.copyRows(x, copy, 0);
		return copy;
	}
};
/** Returns how many of the first blocks are those of the base model, in the same order. */
function sharedDepth({ layers }) {
	const first = layers.findIndex((layer, depth) => layer.kind !== "base" || layer.index !== depth);
	return first < 0 ? layers.length : first;
}
var sameWindows = (a, b) => a.length === b.length && a.every((ids, w) => ids.length === b[w]?.length && ids.every((id, i) => id === b[w]?.[i]));
// src/llama/forward.ts
/**
* Forward pass of one block, attention and gated MLP, each with the norms that its architecture has; updates the residual stream `x`
* `[t, hidden]` in place. Both parts add to the stream, so a block whose o_proj and down_proj are zero leaves it unchanged, bit for
* bit: a norm of zeros is zero too. Records on `tape`, if given, what `backwardBlock` needs.
*/
function forwardBlock(context, x, position, tape) {
	addAttention(context, x, position, tape);
	addMlp(context, x, tape);
}
/** The attention of `forwardBlock` alone. */
function addAttention(context, x, position, tape) {
	const { backend, config, block } = context;
	const { norms, queryKeyNorms } = architectureOf(config);
	const { rope, past, cache } = position;
	const scope = new Scope(backend, "activations");
	try {
		tape?.copy("input", x);
		const normed = normalised(context, scope, x, norms.beforeAttention);
		const projected = (name) => scope.own(linear(backend, normed, block, name));
		const turned = (raw, norm) => {
			const ready = queryKeyNorms ? normalised(context, scope, raw, norm) : raw;
			return rope ? scope.own(backend.rope(ready, rope, config.headDim, past)) : ready;
		};
		const rawQuery = projected("self_attn.q_proj");
		const query = turned(rawQuery, "self_attn.q_norm");
		const rawKeys = projected("self_attn.k_proj");
		let keys = turned(rawKeys, "self_attn.k_norm");
		let values = projected("self_attn.v_proj");
		if (cache !== void 0) {
			backend.copyRows(keys, cache.keys, past);
			backend.copyRows(values, cache.values, past);
			({keys, values} = cache);
		}
		const mixed = scope.own(backend.attention(query, keys, values, attentionShape(context, position)));
		const attended = add(context, scope, x, mixed, "self_attn.o_proj", norms.afterAttention);
		tape?.keep(scope, {
			...norms.beforeAttention ? { normed } : {},
			...queryKeyNorms ? {
				rawQuery,
				rawKeys
			} : {},
			query,
			keys,
			values,
			mixed,
			...norms.afterAttention && attended ? { attended } : {}
		});
	} finally {
		scope.free();
	}
}
/** The MLP of `forwardBlock` alone. */
function addMlp(context, x, tape) {
	const { backend, config, block } = context;
	const { norms, activation } = architectureOf(config);
	const scope = new Scope(backend, "activations");
	try {
		tape?.copy("middle", x);
		const normed = normalised(context, scope, x, norms.beforeMlp);
		const gate = scope.own(linear(backend, normed, block, "mlp.gate_proj"));
		const up = scope.own(linear(backend, normed, block, "mlp.up_proj"));
		const inner = scope.own(backend.swiglu(gate, up, activation.kind));
		const made = add(context, scope, x, inner, "mlp.down_proj", norms.afterMlp);
		tape?.keep(scope, {
			...norms.beforeMlp ? { normedMiddle: normed } : {},
			gate,
			up,
			inner,
			...norms.afterMlp && made ? { made } : {}
		});
	} finally {
		scope.free();
	}
}
/** Returns the attention of a block's kind, without past and windows. */
function attentionShape({ config, kind }, { past, windows = 1 }) {
	const { heads, kvHeads, headDim, scoreScale: scale, scoreCap } = config;
	return {
		heads,
		kvHeads,
		headDim,
		past,
		windows,
		scale,
		...kind.window === null ? {} : { span: kind.window },
		...scoreCap === null ? {} : { cap: scoreCap }
	};
}
/** Returns `x` after a norm of the block, owned by `scope`; `x` itself where there is no such norm. */
function normalised({ backend, config, block }, scope, x, norm) {
	if (norm === void 0) return x;
	const { gainOffset } = architectureOf(config);
	return scope.own(backend.rmsNorm(x, weight(block, norm), config.rmsNormEps, gainOffset));
}
/**
* Adds a projection of `input` to the stream `x`, after its norm and times the residual factor where the architecture has them.
* Returns the projection if it was computed by itself, owned by `scope`.
*/
function add(context, scope, x, input, name, norm) {
	const { backend, config, block } = context;
	const { residualScale } = config;
	if (norm === void 0 && residualScale === 1) {
		const options = {
			orientation: "nt",
			into: x,
			accumulate: true
		};
		backend.matmul(input, weight(block, name), {
			...options,
			...bias(block, name)
		});
		return;
	}
	const projected = scope.own(linear(backend, input, block, name));
	const added = normalised(context, scope, projected, norm);
	backend.copyRows(scope.own(backend.weightedSum(x, 1, added, residualScale)), x, 0);
	return projected;
}
/** Returns a weight of a block. @throws BackendError if the block does not have it. */
function weight(block, name) {
	const tensor = block.get(`${name}.weight`);
	if (tensor === void 0) throw new BackendError(`forward: expected the block to have ${name}.weight, got none`);
	return tensor;
}
function bias(block, name) {
	const tensor = block.get(`${name}.bias`);
	return tensor === void 0 ? {} : { bias: tensor };
}
/** Returns a projection of `input`, with its bias; the caller frees it. */
var linear = (backend, input, block, name) => backend.matmul(input, weight(block, name), {
	orientation: "nt",
	...bias(block, name)
});
// src/llama/rope-tables.ts
/**
* The rotary tables of a model for `Backend.rope`, uploaded when first asked for and owned until `free`: one for each rotary
* embedding and shape of a stack.
*/
var RopeTables = class {
	#backend;
	#config;
	#scope;
	#tables = /* @__PURE__ */ new Map();
	#longest;
	/** @param longest longest window to come, which the table of every single window then serves. */
	constructor(backend, config, longest = 1) {
		this.#longest = longest;
		this.#backend = backend;
		this.#config = config;
		this.#scope = new Scope(backend, "activations");
	}
	/** Returns the table `[windows · length, headDim]` of a kind of block; undefined if it has no rotary embedding. */
	of({ rope }, stack) {
		return this.#table(rope, stack, "forth");
	}
	/** Returns the table of the transposed rotation, with negated sines, for a backward pass. */
	inverseOf({ rope }, stack) {
		return this.#table(rope, stack, "back");
	}
	free() {
		this.#tables.clear();
		this.#scope.free();
	}
	#table(rope, { length, windows }, way) {
		const config = rope === null ? void 0 : this.#config.ropes[rope];
		if (!config) return void 0;
		const positions = windows === 1 && config.scaling?.type !== "dynamic" ? Math.max(length, this.#longest) : length;
		const key = `${rope} ${windows} × ${positions} ${way}`;
		const known = this.#tables.get(key);
		if (known) return known;
		const { headDim } = config;
		const forth = tiled(ropeTable(config, positions), windows);
		const values = way === "forth" ? forth : forth.map((value, i) => i % headDim < headDim / 2 ? value : -value);
		const table = this.#backend.upload(values, [positions * windows, headDim], "f32", "rope table");
		this.#tables.set(key, this.#scope.own(table));
		return table;
	}
};
// src/llama/layer.ts
/** Returns the kind of a block. */
function kindOf({ kinds }, layer) {
	const like = layer.kind === "base" ? layer.index : layer.like;
	const kind = kinds[like];
	if (kind) return kind;
	throw new RangeError(`expected a base block below ${kinds.length}, got ${like}`);
}
/** Calls `use` with a block's tensors, which are valid until `use` has ended. */
async function withBlock(weights, layer, signal, use) {
	const isNew = layer.kind === "new";
	const block = await (isNew ? layer.block.acquire(signal) : weights.block(layer.index, signal));
	try {
		return await use(block);
	} finally {
		if (isNew) layer.block.release();
		else weights.release(layer.index);
	}
}
// src/llama/model.ts
var LOGIT_BYTES = 64 * 2 ** 20;
/**
* A Llama model of any depth: base blocks come from `weights`, new blocks are passed in. It owns no tensors, so it has no `free`.
*/
var LlamaModel = class LlamaModel {
	backend;
	config;
	weights;
	layers;
	/** Number of rows of logits that fit in one tensor of at most 64 MiB; at least 1. */
	logitRows;
	/** @throws UnsupportedArchitectureError if it is not known what a block computes. */
	constructor(backend, config, weights, layers) {
		expectSupported(config);
		this.backend = backend;
		this.config = config;
		this.weights = weights;
		this.layers = layers;
		const bytes = Math.min(backend.info.maxTensorBytes, LOGIT_BYTES);
		this.logitRows = Math.max(1, Math.floor(bytes / (4 * config.vocabSize)));
	}
	/** Creates the base model. */
	static base(backend, config, weights) {
		const layers = Array.from({ length: config.layers }, (_, index) => ({
			kind: "base",
			index
		}));
		return new LlamaModel(backend, config, weights, layers);
	}
	/**
	* Computes final-normed hidden states `[tokens, hidden]`, one per window; the caller frees them. Each window starts at
	* position 0, attends only to itself and may be longer than the context. Blocks are the outer loop, so each is read once.
	* Ids are not checked: one outside the vocabulary is embedded as zeros.
	*/
	hidden(windows, options = {}) {
		return this.#hidden(windows.map((ids) => [ids]), options);
	}
	/** As `hidden`, for stacks of equally long windows (see `stacksOf`): returns `[windows · tokens, hidden]`, one per stack. */
	hiddenOfStacks(stacks, options) {
		return this.#hidden(stacks, options);
	}
	async #hidden(stacks, options) {
		const scope = new Scope(this.backend, "activations");
		const shapes = stacks.map((windows) => ({
			length: windows[0]?.length ?? 0,
			windows: windows.length
		}));
		const ropes = new RopeTables(this.backend, this.config, Math.max(1, ...shapes.map(({ length }) => length)));
		try {
			const streams = [];
			for (const [i, windows] of stacks.entries()) {
				const known = options.start?.streams[i];
				streams.push(scope.own(known ? this.#copy(known) : await this.embed(joined(windows), options.signal)));
			}
			const position = (kind, i) => {
				const shape = shapes[i] ?? {
					length: 1,
					windows: 1
				};
				return {
					rope: ropes.of(kind, shape),
					past: 0,
					windows: shape.windows
				};
			};
			await this.#blocks(streams, (kind, _, i) => position(kind, i), options);
			const states = [];
			for (const stream of streams) states.push(scope.own(await this.normed(stream, options.signal)));
			return states.map((state) => scope.release(state));
		} finally {
			ropes.free();
			scope.free();
		}
	}
	/**
	* Computes final-normed hidden states `[tokens, hidden]` of the next tokens of a sequence; the caller frees them. Appends their
	* keys and values to `cache`.
	* @throws EvaluationError if `cache` has no room for them.
	*/
	async extend(ids, cache, signal) {
		const past = cache.length;
		if (past + ids.length > cache.capacity) throw new EvaluationError(`Expected at most ${cache.capacity - past} further tokens, got ${ids.length}. Make room for more of them.`);
		const scope = new Scope(this.backend, "activations");
		try {
			const stream = scope.own(await this.embed(ids, signal));
			await this.#blocks([stream], (kind, layer) => ({
				rope: cache.rope(kind),
				past,
				cache: cache.layer(layer)
			}), { signal });
			cache.length += ids.length;
			return await this.normed(stream, signal);
		} finally {
			scope.free();
		}
	}
	/** Computes the logits `[rows, vocabulary]` of rows `rowStart …` of a hidden state; the caller frees them. */
	async logits(hidden, rowStart, rows, signal) {
		const scope = new Scope(this.backend, "activations");
		try {
			const picked = rowStart === 0 && rows === hidden.shape[0] ? hidden : scope.own(this.rows(hidden, rowStart, rows));
			const logits = scope.own(this.backend.zeros([rows, this.config.vocabSize], "logits"));
			for (const band of this.weights.head) {
				const place = {
					orientation: "nt",
					into: logits,
					columnOffset: band.rowStart
				};
				await this.weights.withBand(band, (head) => this.backend.matmul(picked, head, place), signal);
				await this.#settleBetweenBands();
			}
			return scope.release(this.#finished(scope, logits));
		} finally {
			scope.free();
		}
	}
	/** Applies the factor and the soft cap of the logits, where the model has them. The result is owned by `scope`. */
	#finished(scope, products) {
		const { logitScale, logitCap } = this.config;
		const scaled = logitScale === 1 ? products : scope.own(this.backend.weightedSum(products, logitScale));
		return logitCap === null ? scaled : scope.own(this.backend.softCap(scaled, logitCap));
	}
	/**
	* Backward pass of the factor and the soft cap of `logits`: returns the gradient by the products with the head, which the caller
	* frees; `outputGradient` itself where the model has neither.
	* @param logits the result of `logits`.
	*/
	backwardFinish(logits, outputGradient) {
		const { logitScale, logitCap } = this.config;
		const { backend } = this;
		const uncapped = logitCap === null ? outputGradient : backend.softCapGradient(logits, outputGradient, logitCap);
		if (logitScale === 1) return uncapped;
		const scaled = backend.weightedSum(uncapped, logitScale);
		if (uncapped !== outputGradient) backend.free(uncapped);
		return scaled;
	}
	/**
	* Backward pass of the head: gradient `[rows, vocabulary]` by its products (see `backwardFinish`) to `[rows, hidden]` by hidden
	* states; the caller frees it.
	*/
	async backwardLogits(outputGradient, signal) {
		const scope = new Scope(this.backend, "optimizer");
		const [rows = 1] = outputGradient.shape;
		try {
			const back = scope.own(this.backend.zeros([rows, this.config.hiddenSize], "slope of hidden states"));
			for (const band of this.weights.head) {
				const columns = this.columns(outputGradient, band.rowStart, band.rows);
				if (columns !== outputGradient) scope.own(columns);
				const place = {
					into: back,
					accumulate: true
				};
				await this.weights.withBand(band, (head) => this.backend.matmul(columns, head, place), signal);
				await this.#settleBetweenBands();
			}
			return scope.release(back);
		} finally {
			scope.free();
		}
	}
	/** Bands may not fit on the device together. A single one needs no wait. */
	async #settleBetweenBands() {
		if (this.weights.head.length > 1) await this.backend.settle();
	}
	/** Returns some columns of a matrix as a copy that the caller frees; if they are all columns, the matrix itself. */
	columns(x, start, count) {
		if (count === x.shape[1]) return x;
		const index = this.#upload(Uint32Array.from({ length: count }, (_, column) => start + column));
		try {
			return this.backend.gather(x, index, { axis: 1 });
		} finally {
			this.backend.free(index);
		}
	}
	/** Returns a copy of some rows of a matrix; the caller frees it. */
	rows(hidden, rowStart, rows) {
		const index = this.#upload(Uint32Array.from({ length: rows }, (_, row) => rowStart + row));
		try {
			return this.backend.gather(hidden, index);
		} finally {
			this.backend.free(index);
		}
	}
	/** Returns embeddings `[ids, hidden]`, times the model's factor; the caller frees them. An id outside the vocabulary gets zeros. */
	async embed(ids, signal) {
		const scope = new Scope(this.backend, "activations");
		try {
			const index = scope.own(this.#upload(ids));
			const stream = scope.own(this.backend.zeros([ids.length, this.config.hiddenSize], "residual stream"));
			for (const band of this.weights.embedding) {
				const end = band.rowStart + band.rows;
				if (!ids.some((id) => id >= band.rowStart && id < end)) continue;
				const place = {
					offset: band.rowStart,
					into: stream
				};
				await this.weights.withBand(band, (rows) => this.backend.gather(rows, index, place), signal);
			}
			const { embeddingScale } = this.config;
			return embeddingScale === 1 ? scope.release(stream) : this.backend.countAs("activations", this.backend.weightedSum(stream, embeddingScale));
		} finally {
			scope.free();
		}
	}
	async #blocks(streams, position, { signal, onProgress, onStream, start }) {
		const first = start?.depth ?? 0;
		let done = first * streams.length;
		for (const [depth, layer] of this.layers.entries()) {
			if (depth < first) continue;
			const { backend, config } = this;
			const kind = kindOf(config, layer);
			await withBlock(this.weights, layer, signal, async (block) => {
				for (const [window, stream] of streams.entries()) {
					signal?.throwIfAborted();
					await onStream?.({
						depth,
						window,
						stream,
						next: {
							block,
							kind
						}
					});
					forwardBlock({
						backend,
						config,
						block,
						kind
					}, stream, position(kind, depth, window));
					await backend.settle();
					onProgress?.(++done / (this.layers.length * streams.length));
				}
			});
		}
		const depth = this.layers.length;
		for (const [window, stream] of streams.entries()) await onStream?.({
			depth,
			window,
			stream,
			next: void 0
		});
	}
	#copy(stream) {
		const copy = this.backend.zeros(stream.shape, "residual stream");
		this.backend.copyRows(stream, copy, 0);
		return copy;
	}
	/** Returns a residual stream after the final norm; the caller frees it. */
	normed(stream, signal) {
		const { gainOffset } = architectureOf(this.config);
		return this.weights.withFinalNorm((gain) => this.backend.rmsNorm(stream, gain, this.config.rmsNormEps, gainOffset), signal);
	}
	#upload(ids) {
		return this.backend.upload(ids, [ids.length], "u32", "token ids");
	}
};
// src/transport/solution-cache.ts
var BUDGET_BYTES = 2 ** 24;
/** Problems with larger costs are not cached: a key needs the cost read back. */
var MAX_COST_BYTES = 2 ** 26;
/**
* Cache of solved problems on one device. The key covers everything that decides a solution: all entries of the cost, and the
* solver with its settings. Recipes that share problems, such as a method with and without zero start, solve them once. Evicts
* the least recently used.
*/
var SolutionCache = class {
	#backend;
	#kept = /* @__PURE__ */ new Map();
	#bytes = 0;
	constructor(backend) {
		this.#backend = backend;
	}
	/**
	* Returns the cache key of a problem; `read` returns the entries of its cost. Returns undefined for problems that are not
	* cached: large ones, and ProgOT, whose plan needs its own cost.
	*/
	async key({ rows, columns }, solver, read) {
		if (solver.kind === "progot" || 4 * rows * columns > MAX_COST_BYTES) return void 0;
		return `${rows}×${columns} ${digest(await read())} ${JSON.stringify(solver)}`;
	}
	/** Returns the solution of a key, if cached. Its potentials are copies; the caller frees them. */
	get(key) {
		const found = this.#kept.get(key);
		if (!found) return void 0;
		this.#kept.delete(key);
		this.#kept.set(key, found);
		return this.#copy(found);
	}
	/** Stores a copy. */
	put(key, solution) {
		this.#drop(key);
		this.#kept.set(key, this.#copy(solution));
		this.#bytes += bytesOf(solution);
		for (const oldest of this.#kept.keys()) {
			if (this.#bytes <= BUDGET_BYTES) break;
			this.#drop(oldest);
		}
	}
	/** Frees all solutions. */
	free() {
		for (const key of this.#kept.keys()) this.#drop(key);
	}
	#drop(key) {
		const dropped = this.#kept.get(key);
		if (!dropped) return;
		this.#kept.delete(key);
		this.#bytes -= bytesOf(dropped);
		if (dropped.kind !== "permutation") this.#backend.free(dropped.potentials.f, dropped.potentials.g);
	}
	/** Copies on the device, because reading back would round the CPU backend's float64 values. */
	#copy(solution) {
		if (solution.kind === "permutation") return solution;
		const { f, g, epsilon } = solution.potentials;
		return {
			...solution,
			potentials: {
				f: this.#copyOf(f),
				g: this.#copyOf(g),
				epsilon
			}
		};
	}
	#copyOf(x) {
		const copy = this.#backend.zeros(x.shape, x.label);
		this.#backend.copyRows(x, copy, 0);
		return copy;
	}
};
function bytesOf(solution) {
	if (solution.kind === "permutation") return solution.assignment.assignment.byteLength;
	const { f, g } = solution.potentials;
	return f.bytes + g.bytes;
}
/** 64-bit hash of all values: MurmurHash3's mixing from two seeds. */
function digest(values) {
	let a = 625341585;
	let b = 2654435769;
	for (const word of new Uint32Array(values.buffer, values.byteOffset, values.length)) {
		a = mixed(a, Math.imul(word, 3432918353), 461845907);
		b = mixed(b, Math.imul(word, 2246822507), 3266489909);
	}
	return `${(a >>> 0).toString(16)} ${(b >>> 0).toString(16)}`;
}
function mixed(state, word, factor) {
	const next = state ^ Math.imul(word << 15 | word >>> 17, factor);
	return Math.imul(next << 13 | next >>> 19, 5) + 3864292196 | 0;
}
// src/engine/models/expansion.ts
/** Solved transport problems, which several recipes may share. */
var solutions = {
	make: ({ backend }) => new SolutionCache(backend),
	clear: (kept) => kept.free()
};
/** The last expansion, and the key of what it depends on. */
var lastMade = {
	make: () => ({}),
	clear(last) {
		last.made?.expansion.free();
		delete last.made;
	}
};
/**
* Makes the new blocks of a recipe, or returns those made last if the recipe is the same. The workspace owns them, and frees
* them when another recipe is requested.
*/
async function expansionOf(workspace, recipe, options) {
	const { version: _, model: __, training: ___, ...deciding } = recipe;
	const key = JSON.stringify(deciding);
	const last = workspace.get(lastMade);
	if (last.made?.key === key) return last.made.expansion;
	lastMade.clear(last);
	const { expand } = await import("./expand-98tsOWKn.mjs").then((n) => n.n);
	const expansion = await workspace.get(features).useFor(recipe, options, (found) => expand(workspace.backend, workspace.weights, recipe, {
		...options,
		features: found,
		solutions: workspace.get(solutions),
		scratch: workspace.scratch
	}));
	last.made = {
		key,
		expansion
	};
	return expansion;
}
// src/engine/training/trainings.ts
/** Arms in training on one device, by name, and the last finite states of arms from a lost device. */
var Trainings = class {
	#held = /* @__PURE__ */ new Map();
	#lost;
	constructor(lost = /* @__PURE__ */ new Map()) {
		this.#lost = lost;
	}
	/** The states from which another device can continue. */
	get states() {
		const states = new Map(this.#lost);
		for (const [arm, { key, run }] of this.#held) if (run.lastGoodState) states.set(arm, {
			key,
			state: run.lastGoodState
		});
		return states;
	}
	get(arm) {
		return this.#held.get(arm);
	}
	/** @throws RequestError if the arm is not in training. */
	require(arm) {
		const found = this.#held.get(arm);
		if (found) return found;
		const names = [...this.#held.keys()].join(", ") || "none";
		throw new RequestError(`expected an arm in training (${names}), got ${JSON.stringify(arm)}. Train it first.`);
	}
	add(arm, training) {
		this.#held.set(arm, training);
	}
	/** Returns the state that the arm had on a lost device, if its key is the same. */
	lostState(arm, key) {
		const found = this.#lost.get(arm);
		return found?.key === key ? found.state : void 0;
	}
	/** Frees an arm; does nothing if it is not in training. */
	drop(arm) {
		this.#held.get(arm)?.free();
		this.#held.delete(arm);
	}
	clear() {
		for (const training of this.#held.values()) training.free();
		this.#held.clear();
	}
};
/** The workspace's arms in training. On a new device they continue from their last finite states. */
var trainings = {
	make: (_, lost) => new Trainings(lost),
	clear: (arms) => arms.clear(),
	carry: (arms) => arms.states
};
// src/engine/models/requested-model.ts
/** Returns the open model, unchanged. */
var baseModel = ({ backend, model, weights }) => LlamaModel.base(backend, model.config, weights);
/**
* Returns the deeper model of a recipe, or the base model for null; with `arm` the model trained under that name.
* @throws RequestError if the arm is not in training.
*/
async function requestedModel(workspace, { recipe, arm }, options) {
	if (arm !== void 0) {
		const { model, expansion } = workspace.get(trainings).require(arm);
		return {
			model,
			expansion
		};
	}
	if (recipe === null) return {
		model: baseModel(workspace),
		expansion: void 0
	};
	const expansion = await expansionOf(workspace, recipe, options);
	return {
		model: expansion.model(workspace.weights),
		expansion
	};
}
// src/engine/models/ids.ts
/** Cuts a request's text or ids into windows. @throws RequestError for fewer than two tokens. */
async function windowsOf(model, request) {
	const { vocabSize, context } = model.config;
	const all = checkTokenIds(await idsOf(model, request), vocabSize);
	const { maxTokens } = request;
	if (maxTokens !== void 0 && !(Number.isInteger(maxTokens) && maxTokens >= 1)) throw new RequestError(`evaluate: expected at least 1 token to evaluate, got ${maxTokens}`);
	const ids = maxTokens === void 0 ? all : all.slice(0, maxTokens + 1);
	if (ids.length < 2) throw new RequestError(`evaluate: expected a text of at least 2 tokens, got ${ids.length}. Give a longer text.`);
	return request.oneWindow ? [ids] : cutWindows(ids, context);
}
/** Returns the request's ids, or the ids of its text. @throws RequestError for both or neither. */
async function idsOf(model, { text, ids }) {
	if (ids && text === void 0) return ids;
	if (text !== void 0 && !ids) return (await model.tokenizer()).encode(text);
	throw new RequestError(`expected either a text or token ids, got ${ids ? "both" : "neither"}: give one of them`);
}
// src/engine/models/evaluate.ts
/** Hidden states that models of several recipes share on a text. */
var shared = {
	make: ({ backend }) => new HiddenStateCache(backend),
	clear: (states) => states.free()
};
/** Evaluates the loss of the requested model on a text. */
var evaluateText = async (workspace, request, context) => {
	const recipe = request.recipe && parseRecipe(request.recipe);
	const { signal, emit } = context;
	const started = performance.now();
	const { model, summary } = workspace;
	const windows = await windowsOf(model, request);
	const { model: asked, expansion } = await requestedModel(workspace, {
		...request,
		recipe
	}, {
		signal,
		onProgress: (progress) => emit({
			type: "progress",
			progress
		})
	});
	const result = await evaluate(asked, windows, {
		signal,
		onProgress: progress(context, "Evaluating"),
		base: request.compareWithBase ? baseModel(workspace) : void 0,
		shared: asked.weights === workspace.weights ? workspace.get(shared) : void 0
	});
	expectFinite("loss per token", result.nll);
	const { loss, perplexity, nll, maxLogitDifference } = result;
	return {
		loss,
		perplexity,
		tokens: nll.length,
		nll,
		backend: summary.kind,
		milliseconds: performance.now() - started,
		layers: asked.layers.length,
		parameters: expansion?.parameters ?? model.info.parameters,
		plans: expansion?.plans ?? [],
		...maxLogitDifference === void 0 ? {} : { maxLogitDifference }
	};
};
// src/engine/workspace/downloads.ts
var MIB$1 = 2 ** 20;
/** Sends what comes from the network as progress of a job, until the returned function is called. */
function followDownloads(transfer, emit) {
	return transfer?.follow((state) => emit({
		type: "progress",
		progress: downloadProgress(state)
	})) ?? (() => void 0);
}
/** Puts a transfer into words: bytes, rate and time left. */
function downloadProgress({ received, wanted, bytesPerSecond, waitMs }) {
	if (waitMs !== void 0) return { label: `The server asks to wait ${Math.ceil(waitMs / 1e3)} s` };
	const came = `Downloading ${(received / MIB$1).toFixed(1)} of ${(wanted / MIB$1).toFixed(1)} MiB`;
	const fraction = wanted > 0 ? Math.min(1, received / wanted) : 0;
	if (bytesPerSecond <= 0) return {
		label: came,
		fraction
	};
	const left = Math.ceil((wanted - received) / bytesPerSecond);
	const time = left < 60 ? `${left} s` : `${Math.ceil(left / 60)} min`;
	return {
		label: `${came}, ${(bytesPerSecond / MIB$1).toFixed(1)} MiB/s, ${time} left`,
		fraction
	};
}
// src/checkpoint/finite.ts
/** Words per test of the combined flags; if they are set, the search starts again at these words. */
var STRIDE = 4096;
/**
* Returns the index of the first NaN or infinity among the values of `dtype`, or −1. Tests exponent bits without decoding.
* Returns −1 for dtypes without such values.
*/
function firstNonFinite(bytes, dtype) {
	switch (dtype) {
		case "BF16": return firstHalf(bytes, 32640, 128);
		case "F16": return firstHalf(bytes, 31744, 1024);
		case "F32": return firstWord(bytes, 2139095040, 1, 0);
		case "F64": return firstWord(bytes, 2146435072, 2, 1);
		default: return -1;
	}
}
/** Tests two 16-bit values per word: an exponent of all ones plus its lowest bit carries into the cleared sign bit. */
function firstHalf(bytes, mask, one) {
	const { buffer, byteOffset, byteLength } = aligned(bytes);
	const halves = new Uint16Array(buffer, byteOffset, byteLength >>> 1);
	const words = new Int32Array(buffer, byteOffset, byteLength >>> 2);
	const mask2 = mask | mask << 16;
	const one2 = one | one << 16;
	for (let start = 0; start < words.length; start += STRIDE) {
		const end = Math.min(start + STRIDE, words.length);
		let carries = 0;
		for (let i = start; i < end; i++) carries |= ((words[i] ?? 0) & mask2) + one2 | 0;
		if ((carries & 2147516416) !== 0) return search(halves, mask, 2 * start);
	}
	return search(halves, mask, 2 * words.length);
}
/** Tests the words `offset`, `offset + step`, …, which contain the exponents. */
function firstWord(bytes, mask, step, offset) {
	const { buffer, byteOffset, byteLength } = aligned(bytes);
	const words = new Int32Array(buffer, byteOffset, byteLength >>> 2);
	for (let i = offset; i < words.length; i += step) if (((words[i] ?? 0) & mask) === mask) return (i - offset) / step;
	return -1;
}
function search(halves, mask, from) {
	for (let i = from; i < halves.length; i++) if (((halves[i] ?? 0) & mask) === mask) return i;
	return -1;
}
function aligned(bytes) {
	return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}
// src/checkpoint/quantised.ts
/** Fields that hold a number of bits: GPTQ, AWQ and others; AWQ; compressed-tensors; HQQ; older GPTQ. */
var BITS = [
	"bits",
	"w_bit",
	"num_bits",
	"nbits",
	"wbits"
];
/** Fields whose words name a number of bits, such as int4, nf4, Int4WeightOnlyConfig or fbgemm_fp8. */
var NAMES = [
	"quant_method",
	"quant_algo",
	"quant_type",
	"_type",
	"weights",
	"dtype",
	"format"
];
/**
* Refuses a model whose config.json says that its weights are quantised, before the weights themselves are refused for an
* unknown dtype or name.
* @throws CheckpointError naming the method, its bits and what to do.
*/
function refuseQuantised(config) {
	const field = ["quantization_config", "compression_config"].find((name) => isRecord(config[name]));
	const settings = field === void 0 ? void 0 : config[field];
	if (field === void 0 || !isRecord(settings)) return;
	const bits = bitsIn(settings);
	const original = config["_name_or_path"];
	const from = typeof original === "string" && /^[\w.-]+\/[\w.-]+$/.test(original) ? `, perhaps ${original}` : "";
	throw new CheckpointError(`config.json: expected weights in F32, F16 or BF16, got a quantised model (${field}: ${methodOf(settings)}${bits === void 0 ? "" : `, ${bits} ${bits === 1 ? "bit" : "bits"}`}). Open the repository that it was quantised from${from}, or load this one with transformers, call model.dequantize() and save it with save_pretrained. If its weights are not quantised, remove ${field} from config.json.`);
}
function methodOf(settings) {
	const named = settings["quant_method"];
	if (typeof named === "string") return named;
	return "load_in_4bit" in settings || "load_in_8bit" in settings ? "bitsandbytes" : "an unnamed method";
}
/** Returns the first number of bits that settings name, in their own fields or in those of their parts. */
function bitsIn(settings) {
	if (settings["load_in_4bit"] === true) return 4;
	if (settings["load_in_8bit"] === true) return 8;
	const number = BITS.map((name) => settings[name]).find((value) => typeof value === "number");
	if (number !== void 0) return number;
	for (const part of Object.values(settings)) {
		const found = isRecord(part) ? bitsIn(part) : void 0;
		if (found !== void 0) return found;
	}
	const [, digits] = NAMES.map((name) => settings[name]).filter((value) => typeof value === "string").map((name) => /(?:int|fp|nf|float)_?(\d+)/i.exec(name)).find((match) => match !== null) ?? [];
	return digits === void 0 ? void 0 : Number(digits);
}
// src/checkpoint/shard-index.ts
var SINGLE_NAME = "model.safetensors";
var INDEX_NAME = "model.safetensors.index.json";
/**
* Reads a sharded checkpoint: the index, then the header of every shard it names. If a tensor is in several shards the index
* decides. A tensor in one shard that is not in the index is included, as loaders that read whole shards do.
* @throws CheckpointError if the index is not valid, a shard is missing, or a tensor is not in its shard.
*/
async function readShards(files, index, signal) {
	const weightMap = await readWeightMap(index, signal);
	const shards = [...new Set(weightMap.values())].sort();
	const tensors = /* @__PURE__ */ new Map();
	for (const shard of shards) {
		const source = await files.open(shard, signal);
		if (source === void 0) throw new CheckpointError(`${files.name}: expected ${shard}, which ${INDEX_NAME} names, got no such file. Add it to the others.`);
		for (const tensor of await readHeader(source, signal)) {
			const home = weightMap.get(tensor.name);
			if (home !== void 0 && home !== shard) continue;
			if (tensors.has(tensor.name)) throw new CheckpointError(`${shard}: tensor ${show(tensor.name)} is in another shard too and ${INDEX_NAME} does not say which counts. Fetch index and shards again.`);
			tensors.set(tensor.name, tensor);
		}
	}
	for (const [name, shard] of weightMap) if (!tensors.has(name)) throw new CheckpointError(`${shard}: expected tensor ${show(name)}, as ${INDEX_NAME} says, got a file without it. Fetch index and shards again.`);
	return {
		tensors,
		shards
	};
}
/** Reads the map from tensor name to shard. */
async function readWeightMap(index, signal) {
	const text = await readText$1(index, signal);
	const data = parseJson(text, index.name);
	const map = isRecord(data) ? data["weight_map"] : void 0;
	if (!isRecord(map)) throw new CheckpointError(`${index.name}: expected an object weight_map (tensor name → file), got ${show(map)}. Fetch the index again.`);
	const repeated = duplicateKey(text);
	if (repeated !== void 0) throw new CheckpointError(`${index.name}: expected every name once, got ${show(repeated)} twice. Fetch the index again.`);
	const weightMap = /* @__PURE__ */ new Map();
	for (const [name, shard] of Object.entries(map)) {
		if (typeof shard !== "string" || !isPlainFileName(shard)) throw new CheckpointError(`${index.name}: tensor ${show(name)}: expected a plain file name, got ${show(shard)}. Put the shards beside the index and correct it.`);
		weightMap.set(name, shard);
	}
	return weightMap;
}
// src/checkpoint/checkpoint.ts
/**
* This folder reads and writes safetensors checkpoints: sources to read from, headers and shards, sinks to write to. It handles
* names, shapes and bytes only, imports no other folder and does not know what tensors are used for; only `gguf`, which shows
* GGUF files as such checkpoints, knows how their writer renamed and changed tensors.
*/
/** An opened checkpoint: its configuration and the position of every tensor. Weights are read on request and not cached. */
var Checkpoint = class Checkpoint {
	files;
	/** Folder name or address, for display. */
	name;
	/** config.json as it was read; `JSON.parse` does not keep all digits of its numbers. */
	configText;
	/** config.json as parsed. */
	config;
	tensors;
	/** Names of the weight files. */
	shards;
	constructor(files, configText, config, tensors, shards) {
		this.files = files;
		this.name = files.name;
		this.configText = configText;
		this.config = config;
		this.tensors = tensors;
		this.shards = shards;
	}
	/**
	* Reads config.json and the header of model.safetensors, or else the headers of the shards in model.safetensors.index.json. A
	* single GGUF file without safetensors beside it is opened instead, and `files` of the result shows it as these.
	* @throws CheckpointError if files are missing or damaged; SourceError if bytes cannot be read.
	*/
	static async open(files, signal) {
		const [single, index] = await weightFiles(files, signal);
		const gguf = single === void 0 && index === void 0 ? await onlyGguf(files, signal) : void 0;
		if (gguf !== void 0) {
			const { GgufFiles } = await import("./files-C5td1Oq1.mjs");
			return Checkpoint.open(await GgufFiles.open(files, gguf, signal), signal);
		}
		const configFile = await files.open("config.json", signal);
		if (configFile === void 0) throw await missing$1(files, "config.json");
		const configText = await readText$1(configFile, signal);
		const config = parseJson(configText, "config.json");
		if (!isRecord(config)) throw new CheckpointError(`config.json: expected a JSON object, got ${show(config)}. Fetch the file again.`);
		refuseQuantised(config);
		if (single !== void 0) {
			const tensors = new Map((await readHeader(single, signal)).map((tensor) => [tensor.name, tensor]));
			return new Checkpoint(files, configText, config, tensors, [SINGLE_NAME]);
		}
		if (index === void 0) throw await missing$1(files, `${SINGLE_NAME} or ${INDEX_NAME} with its shards`);
		const { tensors, shards } = await readShards(files, index, signal);
		return new Checkpoint(files, configText, config, tensors, shards);
	}
	/** @throws CheckpointError if there is no tensor of that name. */
	tensor(name) {
		const tensor = this.tensors.get(name);
		if (tensor === void 0) throw new CheckpointError(`${this.name}: expected a tensor ${show(name)}, got ${this.tensors.size} others. Check that config.json belongs to these weights.`);
		return tensor;
	}
	/**
	* Reads all bytes of a tensor as stored, in one range read.
	* @throws CheckpointError if the tensor does not exist or contains NaN or infinity; SourceError from the source.
	*/
	async read(name, signal) {
		const tensor = this.tensor(name);
		return this.#readRange(tensor, 0, tensor.bytes, signal);
	}
	/**
	* Reads the bytes of rows `rowStart … rowStart + rows − 1` (first axis), in one range read.
	* @throws CheckpointError as `read`, and if the tensor does not have these rows.
	*/
	async readRows(name, rowStart, rows, signal) {
		const tensor = this.tensor(name);
		const total = tensor.shape[0] ?? 0;
		if (!(Number.isInteger(rowStart) && Number.isInteger(rows) && rowStart >= 0 && rows >= 0) || rowStart + rows > total) throw new CheckpointError(`${name}: expected rows within 0 … ${total}, got ${rowStart} … ${rowStart + rows}. Ask for rows it has.`);
		const rowBytes = total === 0 ? 0 : tensor.bytes / total;
		return this.#readRange(tensor, rowStart * rowBytes, rows * rowBytes, signal);
	}
	async #readRange(tensor, start, length, signal) {
		const bytes = await tensor.source.read(tensor.offset + start, length, signal);
		checkFinite(tensor, bytes, start);
		return bytes;
	}
};
/**
* @param start offset of `bytes` within the tensor.
* @throws CheckpointError naming the first value that is NaN or infinite.
*/
function checkFinite(tensor, bytes, start) {
	const index = firstNonFinite(bytes, tensor.dtype);
	if (index < 0) return;
	const element = index + start / (bytesPerValue(tensor.dtype) ?? 1);
	throw new CheckpointError(`${tensor.file}: tensor ${tensor.name}: expected finite ${tensor.dtype} values, got NaN or infinity at element ${element}. Fetch the file again; if it is the same there, this checkpoint cannot be used.`);
}
/** Opens model.safetensors, or else its index. */
async function weightFiles(files, signal) {
	const single = await files.open(SINGLE_NAME, signal);
	return [single, single === void 0 ? await files.open(INDEX_NAME, signal) : void 0];
}
/** Opens the GGUF file among `files` if it is the only one. */
async function onlyGguf(files, signal) {
	const [name, another] = (await files.list?.())?.filter(isGguf) ?? [];
	return name === void 0 || another !== void 0 ? void 0 : files.open(name, signal);
}
async function missing$1(files, needed) {
	const names = await files.list?.();
	const came = names === void 0 ? "no such file" : names.length === 0 ? "no files" : names.slice(0, 12).join(", ");
	const more = names !== void 0 && names.length > 12 ? ` and ${names.length - 12} more` : "";
	return new CheckpointError(`${files.name}: expected ${needed}, got ${came}${more}. ${nextStep(names ?? [])}`);
}
function nextStep(names) {
	if (names.filter(isGguf).length > 1) return "There are several GGUF files: open one of them.";
	if (names.some((name) => /\.(bin|pth?)$/.test(name))) return "Only safetensors and GGUF weights are read: convert the model or take its safetensors files.";
	return "A model is config.json, model.safetensors (or its index and shards) and, for text, tokenizer.json, or one GGUF file: give the folder that holds them.";
}
// src/llama/check.ts
var DTYPES = /* @__PURE__ */ new Map([
	["F32", "f32"],
	["F16", "f16"],
	["BF16", "bf16"]
]);
/** Maps a safetensors dtype to the backend's. @throws ConfigError if the kernels cannot decode it. */
function deviceDType(tensor, dtype) {
	const known = DTYPES.get(dtype);
	if (known !== void 0) return known;
	throw new ConfigError(`${tensor}: expected dtype ${[...DTYPES.keys()].join(", ")}, got ${dtype}. Open an unquantised copy of the model, or convert its weights to one of these.`);
}
/**
* Returns the names of the tensors outside the blocks. A tied model stores one matrix, under the embedding's name or only under
* the head's. If a file has both, a tied model uses the embedding, as transformers does.
*/
function outerNames(config, checkpoint) {
	const { embedding, head, finalNorm } = architectureOf(config);
	if (!config.tied) return {
		embedding,
		head,
		finalNorm
	};
	const shared = !checkpoint.tensors.has(embedding) && checkpoint.tensors.has(head) ? head : embedding;
	return {
		embedding: shared,
		head: shared,
		finalNorm
	};
}
/**
* Checks that every tensor the config needs exists with the right shape and a supported dtype, and that blocks have no other weights
* or biases, which would not be computed with. Ignores all else, such as stored buffers.
* @throws ConfigError naming the first tensor that fails.
*/
function checkTensors(config, checkpoint) {
	const outer = outerNames(config, checkpoint);
	const matrix = [config.vocabSize, config.hiddenSize];
	checkTensor(checkpoint, outer.embedding, matrix);
	if (!config.tied && !checkpoint.tensors.has(outer.head)) throw new ConfigError(`${outer.head}: expected this tensor [${matrix.join(", ")}], got none. If the model shares it with the embedding, set tie_word_embeddings to true in config.json.`);
	checkTensor(checkpoint, outer.head, matrix);
	checkTensor(checkpoint, outer.finalNorm, [config.hiddenSize]);
	const shapes = blockShapes(config);
	for (let index = 0; index < config.layers; index++) for (const [key, shape] of shapes) checkTensor(checkpoint, blockTensorName(config, index, key), shape);
	const { layers } = architectureOf(config);
	for (const name of checkpoint.tensors.keys()) {
		const [, key] = name.startsWith(layers) ? /^\d+\.(.+\.(?:weight|bias))$/.exec(name.slice(layers.length)) ?? [] : [];
		if (key === void 0 || shapes.has(key)) continue;
		throw new ConfigError(`${name}: expected no such tensor in a block of ${config.architecture} by config.json, got one. Check that config.json, and its flags of biases, belong to these weights.`);
	}
}
function checkTensor(checkpoint, name, shape) {
	const expected = `[${shape.join(", ")}]`;
	const tensor = checkpoint.tensors.get(name);
	if (tensor === void 0) throw new ConfigError(`${name}: expected this tensor ${expected}, got none. Check that all weight files are there and that config.json belongs to them.`);
	const got = `[${tensor.shape.join(", ")}]`;
	if (got !== expected) throw new ConfigError(`${name}: expected shape ${expected} by config.json, got ${got}. Check that config.json belongs to these weights.`);
	deviceDType(name, tensor.dtype);
}
// src/llama/recognise.ts
var LAYERS = /^model\.layers\.(\d+)\.(.+)\.weight$/;
/** In place of `model.layers.0.` and so on in a kind of tensor. */
var BLOCK = "model.layers.N.";
/** Names of kinds of tensors that a message lists; it counts the rest. */
var LISTED = 6;
/**
* Reads the config of a checkpoint. Of an architecture that is not in the table it reads what comparing two blocks needs: the
* projections among the blocks' matrices, with equal shapes in all blocks. Such a config is `unsupported`.
* @throws ConfigError as `parseConfig`, or if no such matrix is found.
*/
function configOf(checkpoint) {
	try {
		return parseConfig(checkpoint.config);
	} catch (error) {
		const found = error instanceof UnsupportedArchitectureError && recognised(checkpoint, error);
		if (!found) throw error;
		return found;
	}
}
function recognised({ config: raw, tensors }, { architecture, message }) {
	/** Kind of tensor → the shapes that it has, by block. */
	const seen = /* @__PURE__ */ new Map();
	for (const [name, { shape, dtype }] of tensors) {
		const [, index, key] = LAYERS.exec(name) ?? [];
		if (index === void 0 || key === void 0 || !decodes(name, dtype)) continue;
		const shapes = seen.get(key) ?? [];
		shapes[Number(index)] = shape;
		seen.set(key, shapes);
	}
	const layers = Math.max(0, ...[...seen.values()].map(({ length }) => length));
	const matrices = {};
	for (const name of PROJECTIONS) {
		const shapes = seen.get(name) ?? [];
		const [first] = shapes;
		const alike = Array.from({ length: layers }, (_, i) => String(shapes[i]) === String(first));
		if (first?.length === 2 && alike.every(Boolean)) matrices[`${name}.weight`] = first;
	}
	if (layers < 2 || Object.keys(matrices).length === 0) return void 0;
	const kinds = [...new Set([...tensors.keys()].map(kindOfTensor))];
	const inBlock = (kind) => Number(kind.startsWith(BLOCK));
	const unplaced = kinds.filter((kind) => !Object.hasOwn(matrices, kind.replace(BLOCK, ""))).toSorted((a, b) => inBlock(b) - inBlock(a));
	const more = unplaced.length > LISTED ? ` and ${unplaced.length - LISTED} more` : "";
	const reason = `${message} Its blocks can be aligned and mapped, tensor by tensor (${Object.keys(matrices).join(", ")}). Not placed: ${unplaced.slice(0, LISTED).join(", ")}${more}.`;
	return {
		...sizes(isRecord$1(raw) ? raw : {}, matrices),
		architecture,
		layers,
		rmsNormEps: 1e-6,
		tied: false,
		attentionBias: false,
		mlpBias: false,
		ropes: [],
		kinds: Array.from({ length: layers }, () => ({
			rope: null,
			window: null
		})),
		scoreScale: 1,
		scoreCap: null,
		logitCap: null,
		embeddingScale: 1,
		residualScale: 1,
		logitScale: 1,
		eosIds: [],
		unsupported: {
			reason,
			matrices
		}
	};
}
function decodes(name, dtype) {
	try {
		deviceDType(name, dtype);
		return true;
	} catch (error) {
		if (error instanceof ConfigError) return false;
		throw error;
	}
}
/** Name of a tensor without the number of its block. */
var kindOfTensor = (name) => name.replace(/^model\.layers\.\d+\./, BLOCK);
/** Sizes for display and for drawing heads: those of config.json where they fit the matrices. */
function sizes(raw, matrices) {
	const size = (name, axis) => matrices[`${name}.weight`]?.[axis];
	const given = (name, fallback) => {
		const value = raw[name];
		return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : fallback;
	};
	const divisor = (count, total) => total % count === 0 ? count : 1;
	const queries = size("self_attn.q_proj", 0) ?? size("self_attn.o_proj", 1) ?? 1;
	const keys = size("self_attn.k_proj", 0) ?? size("self_attn.v_proj", 0) ?? queries;
	const heads = divisor(given("num_attention_heads", 1), queries);
	const headDim = queries / heads;
	return {
		hiddenSize: size("self_attn.q_proj", 1) ?? size("self_attn.o_proj", 0) ?? size("mlp.down_proj", 0) ?? 1,
		intermediateSize: size("mlp.gate_proj", 0) ?? size("mlp.up_proj", 0) ?? size("mlp.down_proj", 1) ?? 1,
		heads,
		headDim,
		kvHeads: keys % headDim === 0 ? keys / headDim : 1,
		vocabSize: given("vocab_size", 1),
		context: given("max_position_embeddings", 1)
	};
}
// src/llama/byte-alphabet.ts
/**
* The bytes that a token of a vocabulary stands for, if it is written in bytes: `<0xE9>`, as byte fallback does, or with one
* printable character per byte, as byte-level BPE does (GPT-2, `openai/gpt-2:src/encoder.py`, `bytes_to_unicode`).
*/
var FALLBACK = /^<0x([\dA-F]{2})>$/i;
/** Printable bytes stand for themselves; the others, in order, for the characters from U+0100. */
var BYTE_OF = (() => {
	const isPrintable = (byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173 && byte <= 255;
	let others = 256;
	return new Map(Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(isPrintable(byte) ? byte : others++), byte]));
})();
/** Returns the byte of a token such as `<0xE9>`; undefined for any other token. */
function fallbackByte(token) {
	const [, digits] = FALLBACK.exec(token) ?? [];
	return digits === void 0 ? void 0 : Number.parseInt(digits, 16);
}
/** Returns the bytes of a token of byte-level BPE; undefined if a character is not of its alphabet. */
function alphabetBytes(token) {
	const bytes = [...token].map((character) => BYTE_OF.get(character));
	return bytes.every((byte) => byte !== void 0) ? Uint8Array.from(bytes) : void 0;
}
/** Spells bytes as text: whole characters as they are, other bytes as `<0xE9>`. */
function spellBytes(bytes) {
	const strict = new TextDecoder("utf-8", {
		fatal: true,
		ignoreBOM: true
	});
	let text = "";
	for (let at = 0; at < bytes.length;) {
		const length = [
			1,
			2,
			3,
			4
		].find((count) => {
			try {
				return at + count <= bytes.length && strict.decode(bytes.subarray(at, at + count)).length > 0;
			} catch {
				return false;
			}
		});
		text += length === void 0 ? `<0x${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0")}>` : strict.decode(bytes.subarray(at, at + length));
		at += length ?? 1;
	}
	return text;
}
// src/llama/pair-merger.ts
/**
* Merges the pairs of a byte-pair encoding (Sennrich et al., arXiv 1508.07909): of all neighbouring symbols of a word that a rule
* joins, those of the first rule, the leftmost of several, until no rule applies. For long words: symbols are numbers, and
* candidates wait in a binary heap, so that a word of n characters takes O(n log n) without an object per step.
*/
/** Above the length of any string, so that rule · PLACES + place is one exact number that sorts by rule, then by place. */
var PLACES = 2 ** 30;
/** A character that is in no rule. */
var NO_SYMBOL = -1;
var PairMerger = class {
	/** Numbers of the symbols that rules name or make. */
	#symbols = /* @__PURE__ */ new Map();
	/** Rule by pair: left · symbols + right. */
	#rules = /* @__PURE__ */ new Map();
	/** The symbol that each rule makes. */
	#made;
	/** @param merges the rules, first to last. */
	constructor(merges) {
		const numberOf = (symbol) => {
			const number = this.#symbols.get(symbol) ?? this.#symbols.size;
			this.#symbols.set(symbol, number);
			return number;
		};
		const pairs = merges.map(([left, right]) => [numberOf(left), numberOf(right)]);
		this.#made = Int32Array.from(merges, ([left, right]) => numberOf(left + right));
		for (const [rule, [left, right]] of pairs.entries()) this.#rules.set(this.#key(left, right), rule);
	}
	/** Returns the symbols that a word becomes, in order. */
	merge(word) {
		const starts = [];
		for (let at = 0; at < word.length; at += (word.codePointAt(at) ?? 0) > 65535 ? 2 : 1) starts.push(at);
		const count = starts.length;
		const symbols = Int32Array.from(starts, (start, i) => this.#symbols.get(word.slice(start, starts[i + 1])) ?? NO_SYMBOL);
		const next = Int32Array.from({ length: count }, (_, place) => place + 1);
		const previous = Int32Array.from({ length: count }, (_, place) => place - 1);
		const ruleAt = (place) => {
			const [left = NO_SYMBOL, right = NO_SYMBOL] = [symbols[place], symbols[next[place] ?? count]];
			return left === NO_SYMBOL || right === NO_SYMBOL ? void 0 : this.#rules.get(this.#key(left, right));
		};
		const heap = new MinHeap(3 * count);
		const consider = (place) => {
			const rule = ruleAt(place);
			if (rule !== void 0) heap.push(rule * PLACES + place);
		};
		for (let place = 0; place < count; place++) consider(place);
		while (heap.size > 0) {
			const candidate = heap.pop();
			const place = candidate % PLACES;
			const rule = (candidate - place) / PLACES;
			if (ruleAt(place) !== rule) continue;
			const right = next[place] ?? count;
			const after = next[right] ?? count;
			symbols[place] = this.#made[rule] ?? NO_SYMBOL;
			symbols[right] = NO_SYMBOL;
			next[place] = after;
			if (after < count) previous[after] = place;
			const before = previous[place] ?? -1;
			if (before >= 0) consider(before);
			consider(place);
		}
		const merged = [];
		for (let place = 0; place < count; place = next[place] ?? count) merged.push(word.slice(starts[place], starts[next[place] ?? count]));
		return merged;
	}
	#key(left, right) {
		return left * this.#symbols.size + right;
	}
};
/** A binary heap of numbers with the smallest first. */
var MinHeap = class {
	size = 0;
	#values;
	constructor(capacity) {
		this.#values = new Float64Array(capacity);
	}
	push(value) {
		const values = this.#values;
		let at = this.size++;
		while (at > 0) {
			const above = at - 1 >> 1;
			const other = values[above] ?? 0;
			if (other <= value) break;
			values[at] = other;
			at = above;
		}
		values[at] = value;
	}
	/** Removes and returns the smallest. */
	pop() {
		const values = this.#values;
		const first = values[0] ?? 0;
		const value = values[--this.size] ?? 0;
		let at = 0;
		for (let below = 1; below < this.size; below = 2 * at + 1) {
			if (below + 1 < this.size && (values[below + 1] ?? 0) < (values[below] ?? 0)) below++;
			const other = values[below] ?? 0;
			if (other >= value) break;
			values[at] = other;
			at = below;
		}
		values[at] = value;
		return first;
	}
};
// src/llama/pipeline.ts
/** The library keeps the merges of shorter words in a cache. */
var LONG_WORD = 256;
/**
* Makes the pipeline of a tokenizer.json from `@huggingface/tokenizers`, loaded on first use, and mends what the library does
* differently from the Rust library or too slowly.
* @throws the library's errors for what it does not support.
*/
async function openPipeline(tokenizer, config) {
	const { Tokenizer, BPE, Unigram } = await import("./tokenizers-CU0jt_-d.mjs");
	const filled = {
		normalizer: null,
		post_processor: null,
		decoder: null,
		added_tokens: []
	};
	const preTokenizer = withSplits(tokenizer["pre_tokenizer"] ?? null);
	const pipeline = new Tokenizer({
		...filled,
		...tokenizer,
		pre_tokenizer: preTokenizer
	}, config);
	const { model } = pipeline;
	if (model instanceof BPE) mergeLongWords(model);
	if (model instanceof Unigram) model.encode = (words) => words.flatMap((word) => model.tokenize(word));
	return pipeline;
}
/** Follows every Metaspace by the split before each of its marks, which the library leaves out. */
function withSplits(part) {
	if (!isRecord$1(part)) return part;
	const { pretokenizers, type, split = true, replacement = "▁" } = part;
	if (Array.isArray(pretokenizers)) return {
		...part,
		pretokenizers: pretokenizers.map(withSplits)
	};
	if (type !== "Metaspace" || split !== true) return part;
	const mark = `\\u${String(replacement).charCodeAt(0).toString(16).padStart(4, "0")}`;
	return {
		type: "Sequence",
		pretokenizers: [part, {
			type: "Split",
			pattern: { Regex: `${mark}[^${mark}]*|[^${mark}]+` },
			behavior: "Isolated"
		}]
	};
}
/** SentencePiece's models have the whole text as one word: 1 MB of it takes the library half a minute. */
function mergeLongWords(model) {
	if (model.end_of_word_suffix || model.continuing_subword_suffix) return;
	const short = model.bpe.bind(model);
	let merger;
	model.bpe = (word) => {
		if (word.length < LONG_WORD) return short(word);
		merger ??= new PairMerger(model.merges);
		return merger.merge(word);
	};
}
// src/llama/tokenizer.ts
var FILE = "tokenizer.json";
var CONFIG_FILE = "tokenizer_config.json";
var SENTENCEPIECE_FILE = "tokenizer.model";
/** Writes tokenizer.json where there is only `tokenizer.model`. */
var MAKE_FILE = `python3 -c "from transformers import AutoTokenizer as T; T.from_pretrained('.').save_pretrained('.')"`;
/** Converts text to token ids and back, as defined by a model's tokenizer.json. */
var Tokenizer = class Tokenizer {
	#pipeline;
	/** Prepended to every text, unless the pipeline already did. */
	#bosId;
	#unknownId;
	/** True if tokens are written with one printable character per byte. */
	#byteLevel;
	constructor(pipeline, tokenizer, config) {
		this.#pipeline = pipeline;
		this.#bosId = bosToAdd(pipeline, config);
		this.#unknownId = unknownOf(pipeline, tokenizer, config);
		this.#byteLevel = hasByteLevel(tokenizer["decoder"]);
	}
	/** Says why the files have no tokenizer that can be read, and how to get one; undefined if they have one. */
	static async missingFrom(files, signal) {
		return await files.open(FILE, signal) === void 0 ? whyMissing(files, signal) : void 0;
	}
	/**
	* Reads tokenizer.json, and tokenizer_config.json if it exists. The first call loads the tokenizer library.
	* @throws TokenizerError if tokenizer.json is missing or not supported; SourceError from the files.
	*/
	static async open(files, signal) {
		const file = await files.open(FILE, signal);
		if (file === void 0) throw new TokenizerError(await whyMissing(files, signal));
		const configFile = await files.open(CONFIG_FILE, signal);
		const tokenizer = await readJson(file, signal);
		const config = configFile === void 0 ? {} : await readJson(configFile, signal);
		try {
			const pipeline = await openPipeline(tokenizer, config);
			return new Tokenizer(pipeline, tokenizer, config);
		} catch (cause) {
			if (cause instanceof TokenizerError) throw cause;
			throw new TokenizerError(`${FILE}: expected a tokenizer this page can run, got one it cannot (${reason$1(cause)}). Give token ids instead of text.`, { cause });
		}
	}
	/** Returns the token ids of a text, beginning with the beginning-of-text token if the model's configuration asks for it. */
	encode(text) {
		const { ids } = this.#pipeline.encode(text);
		if (this.#bosId !== void 0 && ids[0] !== this.#bosId) ids.unshift(this.#bosId);
		return ids;
	}
	/** Returns how many ids are the unknown token. */
	countUnknown(ids) {
		return this.#unknownId === void 0 ? 0 : ids.filter((id) => id === this.#unknownId).length;
	}
	/** Spells a token by its bytes: whole characters as they are, other bytes as `<0xE9>`. Undefined for a token that has no bytes. */
	spell(id) {
		const token = this.#pipeline.id_to_token(id) ?? "";
		if (fallbackByte(token) !== void 0) return token;
		const bytes = this.#byteLevel ? alphabetBytes(token) : void 0;
		return bytes && spellBytes(bytes);
	}
	/** Returns the text of token ids, without special tokens and ids the tokenizer does not know. */
	decode(ids) {
		const known = ids.filter((id) => this.#pipeline.id_to_token(id) !== void 0);
		if (known.length === 0) return "";
		return this.#pipeline.decode(known, {
			skip_special_tokens: true,
			clean_up_tokenization_spaces: false
		});
	}
};
/** True if a decoder of tokenizer.json, or one of its sequence, is byte-level. */
function hasByteLevel(decoder) {
	if (!isRecord$1(decoder)) return false;
	const parts = decoder["decoders"];
	return decoder["type"] === "ByteLevel" || Array.isArray(parts) && parts.some(hasByteLevel);
}
/** Says why there is no tokenizer.json, and what to do. */
async function whyMissing(files, signal) {
	const known = files.whyMissing?.(FILE);
	if (known !== void 0) return known;
	const expected = `${files.name}: expected ${FILE} beside the model, got`;
	return await files.open(SENTENCEPIECE_FILE, signal) === void 0 ? `${expected} no such file. Add it, or give token ids instead of text.` : `${expected} only ${SENTENCEPIECE_FILE}. Run ${MAKE_FILE} in its folder (transformers and sentencepiece installed), or give token ids instead of text.`;
}
function unknownOf(pipeline, tokenizer, config) {
	const model = tokenizer["model"];
	const declared = (isRecord$1(model) ? model["unk_token"] : void 0) ?? config["unk_token"];
	const token = isRecord$1(declared) ? declared["content"] : declared;
	return typeof token === "string" ? pipeline.token_to_id(token) : void 0;
}
function bosToAdd(pipeline, config) {
	if (config["add_bos_token"] !== true) return void 0;
	const declared = config["bos_token"];
	const token = isRecord$1(declared) ? declared["content"] : declared;
	const id = typeof token === "string" ? pipeline.token_to_id(token) : void 0;
	if (id !== void 0) return id;
	throw new TokenizerError(`${CONFIG_FILE}: expected bos_token to be a token of ${FILE} (add_bos_token is true), got ${JSON.stringify(declared)}. Fetch both files again from the same model.`);
}
async function readJson(file, signal) {
	const bytes = await file.read(0, file.size, signal);
	let data;
	try {
		data = JSON.parse(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new TokenizerError(`${file.name}: expected JSON, got ${reason$1(cause)}. Fetch the file again.`, { cause });
	}
	if (isRecord$1(data)) return data;
	throw new TokenizerError(`${file.name}: expected a JSON object, got something else. Fetch the file again.`);
}
var reason$1 = (cause) => cause instanceof Error ? cause.message : String(cause);
// src/engine/workspace/open-model.ts
/** A longer model card is cut, because it is only shown. */
var MAX_CARD_BYTES = 262144;
var opened = 0;
/** An opened and checked checkpoint. It holds nothing on a device. */
var OpenModel = class OpenModel {
	/** Unique per opened model, so that results of different models are never confused. */
	id = ++opened;
	checkpoint;
	config;
	info;
	#tokenizer;
	constructor(checkpoint, config, info) {
		this.checkpoint = checkpoint;
		this.config = config;
		this.info = info;
	}
	/** @throws CheckpointError, SourceError or ConfigError if the files are not a model this project can run. */
	static async open(files, signal) {
		const checkpoint = await Checkpoint.open(files, signal);
		const config = configOf(checkpoint);
		if (!config.unsupported) checkTensors(config, checkpoint);
		const tokenizerMissing = await Tokenizer.missingFrom(checkpoint.files, signal);
		const card = await readCard(checkpoint.files, signal);
		const dtypes = {};
		for (const { dtype } of checkpoint.tensors.values()) dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
		const { architecture, layers, hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize } = config;
		const unsupported = config.unsupported?.reason;
		return new OpenModel(checkpoint, config, {
			name: files.name,
			architecture,
			layers,
			hiddenSize,
			intermediateSize,
			heads,
			kvHeads,
			headDim,
			vocabSize,
			context: config.context,
			tied: config.tied,
			parameters: countParameters(config),
			blockParameters: countBlockParameters(config),
			blockTensors: [...blockShapes(config).keys()].flatMap((key) => /^(.+)\.weight$/.exec(key)?.[1] ?? []),
			kinds: config.kinds,
			...unsupported === void 0 ? {} : { unsupported },
			notices: unsupported === void 0 ? configNotices(checkpoint.config) : [unsupported],
			dtypes,
			hasTokenizer: tokenizerMissing === void 0,
			...tokenizerMissing === void 0 ? {} : { tokenizerMissing },
			...card === void 0 ? {} : { card }
		});
	}
	/** @throws TokenizerError if the model has no tokenizer, or one that cannot be read. */
	async tokenizer() {
		this.#tokenizer ??= Tokenizer.open(this.checkpoint.files);
		try {
			return await this.#tokenizer;
		} catch (error) {
			this.#tokenizer = void 0;
			throw error;
		}
	}
};
async function readCard(files, signal) {
	const file = await files.open("README.md", signal);
	if (file === void 0) return void 0;
	const bytes = await file.read(0, Math.min(file.size, MAX_CARD_BYTES), signal);
	return new TextDecoder().decode(bytes);
}
// src/recipe/presets.ts
var COMPARE_PRESETS = [
	"paper",
	"alignment",
	"positions"
];
// src/recipe/race.ts
var RACE_PRESETS = [
	"paper",
	"alignment",
	"positions",
	"count"
];
// src/recipe/view.ts
/**
* Orders of neurons: as stored; matched pairs on the diagonal, strongest first; similar neurons next to each other; by falling
* norm of their weights.
*/
var ORDERS = [
	"index",
	"matched",
	"cluster",
	"norm"
];
[...COMPARE_PRESETS];
[...RACE_PRESETS];
// src/engine/plans/pair-costs.ts
/** Number of pairs computed together, as the diagonal of a square. */
var CHUNK = 128;
/** Returns the cost of every row with its partner column. */
async function pairCosts(backend, cost, partner, signal) {
	const costs = new Float32Array(partner.length);
	for (let first = 0; first < partner.length; first += CHUNK) {
		signal?.throwIfAborted();
		const columns = partner.subarray(first, first + CHUNK);
		const part = new CostSubmatrix(backend, cost, Uint32Array.from(columns, (_, i) => first + i), columns);
		try {
			for (let from = 0; from < part.rows; from += part.bandRows) {
				const band = part.band(from);
				const values = await backend.read(band.cost);
				for (let i = 0; i < band.rows; i++) costs[first + from + i] = values[i * part.columns + from + i] ?? NaN;
			}
		} finally {
			part.free();
		}
	}
	return costs;
}
// src/engine/neurons/linkage.ts
/**
* Returns the points in the leaf order of their average linkage (UPGMA), by nearest-neighbour chains (Murtagh 1983) in
* O(n²). Two clusters are joined at their nearest pair of ends, reversed if needed; ties keep the earlier points first.
*
* @param distances n × n, symmetric, row-major. Not changed.
*/
function leaves(distances, n) {
	if (n === 0) return [];
	const between = Float64Array.from(distances);
	const clusters = Array.from({ length: n }, (_, i) => [i]);
	const chain = [];
	for (let left = n; left > 1; left--) {
		let [nearest, top] = [-1, -1];
		for (;;) {
			if (chain.length === 0) chain.push(clusters.findIndex((cluster) => cluster !== void 0));
			top = chain.at(-1) ?? 0;
			nearest = nearestOf(top, chain.at(-2), clusters, between, n);
			if (nearest === chain.at(-2)) break;
			chain.push(nearest);
		}
		const [kept, gone] = top < nearest ? [top, nearest] : [nearest, top];
		chain.length = chain.findIndex((cluster) => cluster === kept || cluster === gone);
		mergeClusters(kept, gone, clusters, between, distances, n);
	}
	return [...clusters.find((cluster) => cluster !== void 0) ?? []];
}
/** Returns the nearest other cluster; of equals the one before in the chain, else the first. */
function nearestOf(of, before, clusters, between, n) {
	let nearest = before ?? -1;
	let least = before === void 0 ? Infinity : between[of * n + before] ?? Infinity;
	for (let other = 0; other < n; other++) {
		if (other === of || clusters[other] === void 0) continue;
		const distance = between[of * n + other] ?? Infinity;
		if (distance < least || nearest < 0) {
			least = distance;
			nearest = other;
		}
	}
	return nearest;
}
function mergeClusters(kept, gone, clusters, between, distances, n) {
	const first = clusters[kept] ?? [];
	const second = clusters[gone] ?? [];
	const all = first.length + second.length;
	for (let other = 0; other < n; other++) {
		if (clusters[other] === void 0 || other === kept || other === gone) continue;
		const mean = (first.length * (between[kept * n + other] ?? 0) + second.length * (between[gone * n + other] ?? 0)) / all;
		between[kept * n + other] = mean;
		between[other * n + kept] = mean;
	}
	clusters[kept] = joinClusters(first, second, (i, j) => distances[i * n + j] ?? 0);
	clusters[gone] = void 0;
}
function joinClusters(first, second, distance) {
	const end = (leaves) => leaves.at(-1) ?? 0;
	const start = (leaves) => leaves[0] ?? 0;
	const ways = [
		[first, second],
		[first, second.toReversed()],
		[first.toReversed(), second],
		[second, first]
	];
	let best = ways[0];
	let least = Infinity;
	for (const way of ways) {
		const gap = distance(end(way[0]), start(way[1]));
		if (gap < least) [best, least] = [way, gap];
	}
	return [...best[0], ...best[1]];
}
// src/engine/neurons/principal.ts
var MAX_ITERATIONS = 60;
/** The iteration stops when it turns the direction by less (radians). */
var TOLERANCE = 1e-4;
var SEED = 1;
/**
* Returns the scores of all points on their first principal component, those of `a` before those of `b`. Power iteration on
* the covariance from a fixed start; the sign makes the component's largest entry positive.
*/
async function principalScores(backend, { a, b }, signal) {
	const [n, width] = matrix(a);
	const [m] = matrix(b);
	const mean = new Float32Array(width);
	for (const [x, count] of [[a, n], [b, m]]) {
		const sums = await transposedTimes(backend, x, new Float32Array(count).fill(1));
		for (let k = 0; k < width; k++) mean[k] = (mean[k] ?? 0) + (sums[k] ?? 0) / (n + m);
	}
	let direction = unit(normals(width, SEED));
	for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
		signal?.throwIfAborted();
		const next = new Float64Array(width);
		for (const x of [a, b]) {
			const scores = await centred(backend, x, direction, mean);
			const back = await transposedTimes(backend, x, scores);
			const sum = scores.reduce((total, score) => total + score, 0);
			for (let k = 0; k < width; k++) next[k] = (next[k] ?? 0) + (back[k] ?? 0) - sum * (mean[k] ?? 0);
		}
		if (!next.some((value) => value !== 0)) break;
		const turned = unit(next);
		const cosine = dot(turned, direction);
		direction = turned;
		if (1 - Math.abs(cosine) < TOLERANCE ** 2 / 2) break;
	}
	if (direction.reduce((most, value) => Math.abs(value) > Math.abs(most) ? value : most, 0) < 0) direction = direction.map((value) => -value);
	const scores = new Float32Array(n + m);
	scores.set(await centred(backend, a, direction, mean));
	scores.set(await centred(backend, b, direction, mean), n);
	return scores;
}
/** Returns (X − 1μᵀ)·v. */
async function centred(backend, x, direction, mean) {
	const scope = new Scope(backend);
	try {
		const v = scope.own(backend.upload(direction, [direction.length, 1], "f32", "direction"));
		const scores = await backend.read(scope.own(backend.matmul(x, v)));
		const offset = dot(direction, mean);
		return scores.map((score) => score - offset);
	} finally {
		scope.free();
	}
}
/** Returns Xᵀ·w. */
async function transposedTimes(backend, x, weights) {
	const scope = new Scope(backend);
	try {
		const w = scope.own(backend.upload(weights, [weights.length, 1], "f32", "weights of rows"));
		return await backend.read(scope.own(backend.matmul(x, w, { orientation: "tn" })));
	} finally {
		scope.free();
	}
}
var dot = (x, y) => x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0);
function unit(values) {
	let squares = 0;
	for (const value of values) squares += value * value;
	const length = Math.sqrt(squares);
	return Float32Array.from(values, (value) => value / length);
}
// src/engine/neurons/seriation.ts
/** Largest number of rows or columns for clustering, whose cost is quadratic. */
var MAX_CLUSTERED = 1024;
/**
* Orders similar neurons side by side. Rows of both blocks are points of one space, so they are ordered together and then
* separated; similar rows and columns get similar places. Up to 1024 each it uses the leaf order of their average linkage
* by the cost's metric, for more their first principal component. Deterministic.
*/
async function clusterOrder(backend, cost, signal) {
	const { rows, columns } = cost;
	const places = Math.max(rows, columns) <= MAX_CLUSTERED ? leaves(await distances(backend, cost, signal), rows + columns) : Array.from((await principalScores(backend, cost.points, signal)).entries()).sort(([i, x], [j, y]) => x - y || i - j).map(([i]) => i);
	return {
		rows: Uint32Array.from(places.filter((i) => i < rows)),
		columns: Uint32Array.from(places.filter((i) => i >= rows).map((i) => i - rows))
	};
}
/** Returns the distances between all points of both matrices, the first matrix's before the second's, row-major. */
async function distances(backend, cost, signal) {
	const { a, b } = cost.points;
	const [n] = matrix(a);
	const [m, width] = matrix(b);
	const scope = new Scope(backend);
	try {
		const all = scope.own(backend.zeros([n + m, width], "points of both"));
		const add = (x, count, at) => {
			const index = Uint32Array.from({ length: count }, (_, i) => i);
			const rows = scope.own(backend.gather(x, scope.own(backend.upload(index, [count], "u32", "all rows"))));
			backend.copyRows(rows, all, at);
		};
		add(a, n, 0);
		add(b, m, n);
		const values = new Float32Array((n + m) ** 2);
		const step = 256;
		for (let from = 0; from < n + m; from += step) {
			signal?.throwIfAborted();
			const count = Math.min(step, n + m - from);
			const band = backend.pairwiseDistance(all, all, from, count, void 0, cost.distance);
			try {
				values.set(await backend.read(band), from * (n + m));
			} finally {
				backend.free(band);
			}
		}
		return values;
	} finally {
		scope.free();
	}
}
// src/engine/neurons/order.ts
/** Orders of an alignment by name. */
var known$1 = new AlignmentCache(() => /* @__PURE__ */ new Map());
/** Returns the index of the neuron at each place of an order. */
var order = async (workspace, request, { signal }) => {
	const alignment = await alignmentOf(workspace, request.key, signal);
	const { rows, columns } = await alignment.pinned(() => orderOf(alignment, request.order, signal));
	return {
		rows: rows.slice(),
		columns: columns.slice()
	};
};
/**
* Returns an order of an alignment's neurons. Orders of a finished alignment are cached, even if better partners become known
* later, because labels and pictures must agree.
*/
async function orderOf(alignment, name, signal) {
	if (!ORDERS.includes(name)) throw new RequestError(`order: expected one of ${ORDERS.join(", ")}, got ${name}`);
	const { rows, columns, result } = alignment;
	if (name === "index") return indexOrder(rows, columns);
	const orders = known$1.of(alignment);
	const held = orders.get(name);
	if (held) return held;
	const found = name === "matched" ? await matchedOrder(alignment, signal) : name === "norm" ? await normOrder(alignment) : await clusterOrder(alignment.backend, alignment.cost, signal);
	if (result || name !== "matched") orders.set(name, found);
	return found;
}
var indexOrder = (rows, columns) => ({
	rows: Uint32Array.from({ length: rows }, (_, i) => i),
	columns: Uint32Array.from({ length: columns }, (_, j) => j)
});
/**
* Puts matched pairs at the same place, by falling mass or without a plan by rising cost. Pairs come from the exact
* assignment if it was computed, else from the best column of every row; each column goes to its strongest row. Unmatched
* rows and columns come last, by index.
*/
async function matchedOrder(alignment, signal) {
	const { result, exact, rows, columns, planCost, plan } = alignment;
	const partner = exact?.assignment ?? result?.argmax ?? (await nearestColumns(alignment, signal)).columns;
	const costs = await pairCosts(alignment.backend, planCost, partner, signal);
	const snapshot = result && plan === "entropic" ? await alignment.snapshotAt(void 0, signal) : void 0;
	const byStrength = descendingOrder(Float64Array.from(costs, (cost, row) => snapshot ? ((snapshot.f[row] ?? 0) + (snapshot.g[partner[row] ?? 0] ?? 0) - cost) / snapshot.epsilon : -cost));
	const [matchedRows, matchedColumns] = [[], []];
	const [rowTaken, columnTaken] = [new Uint8Array(rows), new Uint8Array(columns)];
	for (const row of byStrength) {
		const column = partner[row] ?? columns;
		if (column >= columns || columnTaken[column] === 1) continue;
		rowTaken[row] = 1;
		columnTaken[column] = 1;
		matchedRows.push(row);
		matchedColumns.push(column);
	}
	const left = (taken) => Array.from(taken.keys()).filter((i) => taken[i] === 0);
	return {
		rows: Uint32Array.from([...matchedRows, ...left(rowTaken)]),
		columns: Uint32Array.from([...matchedColumns, ...left(columnTaken)])
	};
}
/** Orders neurons by falling norm of the compared weights. */
async function normOrder({ backend, inputs }) {
	const { a, b } = inputs;
	const scope = new Scope(backend);
	try {
		const origin = scope.own(backend.zeros([1, a.shape[1] ?? 1], "origin"));
		const norms = async (x) => backend.read(scope.own(backend.pairwiseDistance(x, origin, 0, x.shape[0] ?? 1)));
		return {
			rows: descendingOrder(await norms(a)),
			columns: descendingOrder(await norms(b))
		};
	} finally {
		scope.free();
	}
}
/** Returns indices by falling value; ties by index. */
var descendingOrder = (values) => Uint32Array.from(values.keys()).sort((i, j) => (values[j] ?? 0) - (values[i] ?? 0) || i - j);
// src/engine/plans/permutation-bands.ts
/** A permutation as a plan of mass 1 in the bands of a `CostSubmatrix`, to subtract it from another plan or the reverse. */
var PermutationBands = class {
	rows;
	columns;
	bandRows;
	resident = false;
	#backend;
	#placed;
	#mass;
	#scratch;
	/** @param columns columns of the whole matrix. */
	constructor(backend, assignment, places, columns) {
		this.#backend = backend;
		this.#placed = reorderAssignment(assignment, places);
		this.#mass = 1 / assignment.length;
		this.rows = places.rows.length;
		this.columns = places.columns.length;
		this.bandRows = submatrixBandRows(this.rows, columns);
		const scratch = backend.zeros([this.bandRows, this.columns], "permutation");
		this.#scratch = backend.countAs("plans", scratch);
	}
	band(rowStart) {
		const rows = Math.min(this.bandRows, this.rows - rowStart);
		const values = new Float32Array(this.bandRows * this.columns);
		for (let row = 0; row < rows; row++) {
			const column = this.#placed[rowStart + row] ?? -1;
			if (column >= 0) values[row * this.columns + column] = this.#mass;
		}
		this.#backend.write(this.#scratch, values);
		return {
			cost: this.#scratch,
			rowStart,
			rows
		};
	}
	free() {
		this.#backend.free(this.#scratch);
	}
};
// src/engine/pictures/pixels.ts
var MAX_PIXELS = 1024;
/**
* Returns window and resolution of a picture request.
* @throws RequestError for a window outside the matrix or a wrong number of pixels.
*/
function frameOf(request, rows, columns) {
	const { maxPixels } = request;
	if (!(Number.isInteger(maxPixels) && maxPixels >= 1 && maxPixels <= MAX_PIXELS)) throw new RequestError(`picture: expected 1 to ${MAX_PIXELS} pixels each way, got ${maxPixels}. Ask for fewer.`);
	const window = request.window ?? {
		rowStart: 0,
		rowEnd: rows,
		columnStart: 0,
		columnEnd: columns
	};
	checkRange("rows", window.rowStart, window.rowEnd, rows);
	checkRange("columns", window.columnStart, window.columnEnd, columns);
	return {
		window,
		width: Math.min(maxPixels, window.columnEnd - window.columnStart),
		height: Math.min(maxPixels, window.rowEnd - window.rowStart)
	};
}
/** Returns the frame of a whole matrix, one pixel per cell. */
var wholeFrame = (rows, columns) => ({
	window: {
		rowStart: 0,
		rowEnd: rows,
		columnStart: 0,
		columnEnd: columns
	},
	width: columns,
	height: rows
});
function checkRange(what, start, end, size) {
	if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= size) return;
	throw new RequestError(`picture: expected a window of ${what} within 0 … ${size}, got ${start} … ${end}. Move it inside.`);
}
/**
* Draws a permutation, which is 1 at (row, assignment[row]) unless that is negative. Returns per pixel the maximum and the
* mean of the cells it covers, the same cells as in `Backend.picture`.
*/
function permutationPicture(assignment, { window, width, height }) {
	const max = new Float32Array(width * height);
	const mean = new Float32Array(width * height);
	const rows = window.rowEnd - window.rowStart;
	const columns = window.columnEnd - window.columnStart;
	for (let row = 0; row < rows; row++) {
		const column = (assignment[window.rowStart + row] ?? -1) - window.columnStart;
		if (column < 0 || column >= columns) continue;
		const [top, bottom] = pixelsOver(row, rows, height);
		const [left, right] = pixelsOver(column, columns, width);
		for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) {
			max[y * width + x] = 1;
			mean[y * width + x] = (mean[y * width + x] ?? 0) + 1 / (covers(y, rows, height) * covers(x, columns, width));
		}
	}
	return {
		max,
		mean
	};
}
/** Returns per row of pixels the largest of `values` (by index) over the rows it covers, in the order of `places`. */
function rowHighs(values, places, { window, height }) {
	const rows = window.rowEnd - window.rowStart;
	return Float32Array.from({ length: height }, (_, y) => {
		let high = -Infinity;
		const end = Math.ceil((y + 1) * rows / height);
		for (let row = Math.floor(y * rows / height); row < end; row++) {
			const place = window.rowStart + row;
			high = Math.max(high, values[places?.[place] ?? place] ?? NaN);
		}
		return high;
	});
}
/** Returns the half-open range of pixels that cover `cell`; two if `pixels` does not divide `cells` and a boundary falls inside. */
var pixelsOver = (cell, cells, pixels) => [Math.floor(cell * pixels / cells), Math.ceil((cell + 1) * pixels / cells)];
var covers = (pixel, cells, pixels) => Math.ceil((pixel + 1) * cells / pixels) - Math.floor(pixel * cells / pixels);
// src/engine/pictures/pool.ts
/** Pools a matrix to each of the frames, in one pass over its bands. */
async function pool(backend, { bands, potentials }, frames, { minus, scale = 1, onBand, signal }) {
	const scope = new Scope(backend);
	try {
		const targets = frames.map(({ height, width }) => scope.own(backend.zeros([
			height,
			width,
			2
		], "picture")));
		const visit = async (band, other) => {
			const taken = minus && other ? {
				cost: other.cost,
				potentials: minus.potentials
			} : void 0;
			for (const [i, { window }] of frames.entries()) {
				const into = targets[i];
				if (into) backend.picture(band, potentials, window, into, taken);
			}
			await onBand?.(band);
		};
		await visitBands(backend, bands, minus?.bands, visit, signal);
		const pooled = [];
		for (const target of targets) pooled.push(split(await backend.read(target), scale));
		return pooled;
	} finally {
		scope.free();
	}
}
function split(values, scale) {
	const max = new Float32Array(values.length / 2);
	const mean = new Float32Array(values.length / 2);
	for (let i = 0; i < max.length; i++) {
		max[i] = (values[2 * i] ?? NaN) * scale;
		mean[i] = (values[2 * i + 1] ?? NaN) * scale;
	}
	return {
		max,
		mean
	};
}
// src/engine/pictures/picture-region.ts
/** Returns the region of a request. @throws RequestError if the window is outside the matrix or `order` is unknown. */
async function regionOf(alignment, request, signal) {
	const { rows, columns, cost } = alignment;
	const asked = frameOf(request, rows, columns);
	const order = request.order === void 0 || request.order === "index" ? void 0 : await orderOf(alignment, request.order, signal);
	if (!order && (cost.resident || !request.window)) return {
		frame: asked,
		order,
		places: void 0
	};
	const { rowStart, rowEnd, columnStart, columnEnd } = asked.window;
	const full = order ?? await orderOf(alignment, "index", signal);
	return {
		frame: asked,
		order,
		places: {
			rows: full.rows.subarray(rowStart, rowEnd),
			columns: full.columns.subarray(columnStart, columnEnd)
		}
	};
}
/** Returns the frame relative to the computed rows and columns. */
var drawnFrame = ({ frame, places }) => places ? {
	...frame,
	window: wholeFrame(places.rows.length, places.columns.length).window
} : frame;
// src/engine/pictures/difference.ts
/** Row maxima (magnitudes) of the difference last drawn; `name` identifies both plans. */
var known = new AlignmentCache(() => ({}));
/** Draws the difference of two plans, pooled by magnitude. `halfStep` in the result is the first plan's. */
async function difference(alignment, halfStep, minus, region, signal, onProgress) {
	const { rows, columns, backend } = alignment;
	const { rows: otherRows, columns: otherColumns } = minus.alignment;
	if (rows !== otherRows || columns !== otherColumns) throw new RequestError(`picture: expected two plans of ${rows} × ${columns}, got one of ${otherRows} × ${otherColumns}. Compare the same tensor.`);
	const plan = await planOf(alignment, halfStep, signal, onProgress);
	const taken = await planOf(minus.alignment, minus.halfStep, signal, onProgress);
	const name = JSON.stringify([
		plan.halfStep,
		minus.alignment.key,
		taken.halfStep
	]);
	const draw = async (places, frames) => {
		const matrices = matricesOf(plan, taken, places);
		try {
			const [first, second] = matrices;
			return await pool(backend, first, frames, {
				minus: second,
				scale: rows,
				signal
			});
		} finally {
			for (const { free } of matrices) free();
		}
	};
	const last = known.of(alignment);
	if (last.highs?.name !== name) {
		const [largest] = await draw(void 0, [{
			...wholeFrame(rows, columns),
			width: 1
		}]);
		last.highs = {
			name,
			values: (largest?.max ?? new Float32Array(rows)).map(Math.abs)
		};
	}
	const [pooled] = await draw(region.places, [drawnFrame(region)]);
	if (!pooled) throw new Error("a pass over two matrices ends with its result");
	return {
		...pooled,
		halfStep: plan.halfStep,
		highs: last.highs.values
	};
}
/** Returns the potentials or the permutation that a plan is formed from. */
async function planOf(alignment, halfStep, signal, onProgress) {
	if (alignment.plan === "none") throw new RequestError("picture: expected two methods with a transport plan, got one without.");
	if (alignment.plan === "entropic") {
		const snapshot = await alignment.snapshotAt(halfStep, signal);
		return {
			kind: "entropic",
			alignment,
			snapshot,
			halfStep: snapshot.halfStep
		};
	}
	const { assignment } = await alignment.solveExactly(signal, onProgress);
	return {
		kind: "permutation",
		alignment,
		assignment,
		halfStep: 0
	};
}
/** Returns both plans in bands of equal height; if their own bands differ, in those of a `CostSubmatrix`. */
function matricesOf(plan, taken, places) {
	const shown = plan.kind === "entropic" && taken.kind === "entropic" && plan.alignment.planCost.bandRows === taken.alignment.planCost.bandRows ? places : places ?? indexOrder(plan.alignment.rows, plan.alignment.columns);
	const first = matrixOf(plan, shown);
	try {
		return [first, matrixOf(taken, shown)];
	} catch (error) {
		first.free();
		throw error;
	}
}
function matrixOf(side, places) {
	const { backend, rows, columns, planCost } = side.alignment;
	if (side.kind === "entropic") return deviceMatrix(backend, planCost, side.snapshot, places);
	const bands = new PermutationBands(backend, side.assignment, places ?? indexOrder(rows, columns), columns);
	return {
		bands,
		free: () => bands.free()
	};
}
// src/engine/plans/plan-sums.ts
/** The sums last computed of an alignment's plan, which every zoom of a picture needs again. */
var lastSums = new AlignmentCache(() => ({}));
/** Computes the sums of a plan in one pass over the bands of its cost. */
var PlanSumsPass = class {
	#backend;
	#potentials;
	#scope;
	#ones;
	#columns;
	#rows;
	#peaks;
	constructor(backend, potentials, rows, columns) {
		this.#backend = backend;
		this.#potentials = potentials;
		this.#rows = new Float32Array(rows);
		this.#peaks = new Float32Array(rows);
		this.#scope = new Scope(backend, "plans");
		const ones = new Float32Array(rows).fill(1);
		this.#ones = this.#scope.own(backend.upload(ones, [rows, 1], "f32", "ones"));
		this.#columns = this.#scope.own(backend.zeros([columns, 1], "column mass"));
	}
	async visit(band) {
		const n = this.#rows.length;
		this.#backend.applyPlan(band, this.#potentials, this.#ones, 0, n, this.#columns);
		const measured = this.#scope.own(this.#backend.planRows(band, this.#potentials));
		const values = await this.#backend.read(measured);
		this.#scope.free(measured);
		for (let row = 0; row < band.rows; row++) {
			const at = row * 5;
			this.#rows[band.rowStart + row] = n * (values[at + PLAN_ROW.mass] ?? NaN);
			this.#peaks[band.rowStart + row] = n * Math.exp(values[at + PLAN_ROW.peak] ?? NaN);
		}
	}
	/** Returns the sums after the last band. @throws NumericError if one is not finite. */
	async finish(halfStep) {
		const columns = await this.#backend.read(this.#columns);
		const sums = {
			halfStep,
			rows: this.#rows,
			columns,
			peaks: this.#peaks
		};
		for (const values of [
			sums.rows,
			sums.columns,
			sums.peaks
		]) expectFinite(`mass of the plan at half-step ${halfStep}`, values);
		return sums;
	}
	free() {
		this.#scope.free();
	}
};
/** Returns the sums of a plan after a half-step; a pass over its cost, unless they were the last computed. */
async function sumsOf(alignment, snapshot, signal) {
	const { backend, planCost, rows, columns } = alignment;
	const last = lastSums.of(alignment);
	if (last.sums?.halfStep === snapshot.halfStep) return last.sums;
	const { potentials, free } = deviceMatrix(backend, planCost, snapshot, void 0);
	let pass;
	try {
		pass = new PlanSumsPass(backend, potentials, rows, columns);
		await planCost.forEach(pass.visit.bind(pass), signal);
		last.sums = await pass.finish(snapshot.halfStep);
		return last.sums;
	} finally {
		pass?.free();
		free();
	}
}
// src/engine/pictures/picture.ts
/** Number of cached overviews (whole pictures) of a cost that is not stored, because each takes a pass over it. */
var MAX_OVERVIEWS = 4;
var overviews = new AlignmentCache(() => /* @__PURE__ */ new Map());
var costRowMaxima = new AlignmentCache(() => ({}));
/** Draws the cost, the plan after a half-step, the exact permutation, or a difference of plans. */
var picture = async (workspace, request, context) => {
	const { signal } = context;
	const alignment = await alignmentOf(workspace, request.key, signal);
	const { minus } = request;
	if (request.kind === "difference" !== (minus !== void 0)) throw new RequestError("picture: expected `minus` with a difference, and only with one");
	const other = minus && await alignmentOf(workspace, minus.key, signal);
	return alignment.pinned(async () => {
		const region = await regionOf(alignment, request, signal);
		const exactly = progress(context, "Exact assignment");
		if (other && minus) return finished(request, region, await other.pinned(() => difference(alignment, request.halfStep, {
			alignment: other,
			...minus
		}, region, signal, exactly)), signal);
		const { cost, result } = alignment;
		const kept = overviews.of(alignment);
		if (cost.resident || request.window) return finished(request, region, await draw(alignment, request, region, signal, exactly), signal);
		const name = JSON.stringify([
			request.kind,
			request.halfStep,
			request.order,
			request.maxPixels
		]);
		const held = kept.get(name);
		if (held) return copyOf(held);
		const drawn = finished(request, region, await draw(alignment, request, region, signal, exactly), signal);
		if (result) {
			const [oldest] = kept.keys();
			if (kept.size >= MAX_OVERVIEWS && oldest !== void 0) kept.delete(oldest);
			kept.set(name, copyOf(drawn));
		}
		return drawn;
	});
};
async function draw(alignment, request, region, signal, onProgress) {
	const { plan, rows, columns, history } = alignment;
	const last = history.clampHalfStep() ?? 0;
	if (request.kind === "cost") return {
		...await drawCost(alignment, region, signal),
		halfStep: last
	};
	if (request.kind === "plan" && plan === "none") throw new RequestError("picture: expected a method with a transport plan, got one without. Show its cost instead.");
	if (request.kind === "plan" && plan === "entropic") return drawPlan(alignment, await alignment.snapshotAt(request.halfStep, signal), region, signal);
	const { assignment } = await alignment.solveExactly(signal, onProgress);
	const placed = reorderAssignment(assignment, region.order);
	const ones = (size) => new Float32Array(size).fill(1);
	const drawn = {
		...permutationPicture(placed, region.frame),
		halfStep: last,
		highs: ones(rows)
	};
	return request.kind === "permutation" ? drawn : {
		...drawn,
		rowMass: ones(rows),
		columnMass: ones(columns)
	};
}
async function drawCost(alignment, region, signal) {
	const { backend, cost, rows, columns } = alignment;
	const known = costRowMaxima.of(alignment);
	const drawn = deviceMatrix(backend, cost, void 0, region.places);
	try {
		const every = {
			...wholeFrame(rows, columns),
			width: 1
		};
		if (!known.values && region.places) {
			const [highs] = await pool(backend, deviceMatrix(backend, cost, void 0, void 0), [every], { signal });
			known.values = expectPresent(highs).max;
		}
		const [pooled, highs] = await pool(backend, drawn, known.values ? [drawnFrame(region)] : [drawnFrame(region), every], { signal });
		if (highs) known.values = highs.max;
		return {
			...expectPresent(pooled),
			highs: expectPresent(known.values)
		};
	} finally {
		drawn.free();
	}
}
async function drawPlan(alignment, snapshot, region, signal) {
	const { backend, planCost, rows, columns } = alignment;
	const last = lastSums.of(alignment);
	const { halfStep } = snapshot;
	if (region.places) await sumsOf(alignment, snapshot, signal);
	const drawn = deviceMatrix(backend, planCost, snapshot, region.places);
	let pass;
	try {
		if (last.sums?.halfStep !== halfStep) pass = new PlanSumsPass(backend, drawn.potentials, rows, columns);
		const onBand = pass?.visit.bind(pass);
		const [pooled] = await pool(backend, drawn, [drawnFrame(region)], {
			scale: rows,
			onBand,
			signal
		});
		if (pass) last.sums = await pass.finish(halfStep);
		const sums = expectPresent(last.sums);
		return {
			...expectPresent(pooled),
			halfStep,
			highs: sums.peaks,
			rowMass: reorder(sums.rows, region.order?.rows).slice(),
			columnMass: reorder(sums.columns, region.order?.columns).slice()
		};
	} finally {
		pass?.free();
		drawn.free();
	}
}
function expectPresent(value) {
	if (value === void 0) throw new Error("a pass over a matrix ends with its result");
	return value;
}
function finished(request, { frame, order }, { highs, ...drawn }, signal) {
	throwIfAborted(signal);
	expectFinite(`picture of the ${request.kind} at half-step ${drawn.halfStep}`, drawn.max);
	expectFinite(`picture of the ${request.kind} at half-step ${drawn.halfStep}`, drawn.mean);
	let low = Infinity;
	let high = -Infinity;
	for (const value of drawn.max) {
		low = Math.min(low, value);
		high = Math.max(high, value);
	}
	const { width, height } = frame;
	const rowHigh = rowHighs(highs, order?.rows, frame);
	return {
		key: request.key,
		kind: request.kind,
		width,
		height,
		low,
		high,
		...drawn,
		rowHigh
	};
}
/** Copies a picture, because the arrays of a returned one are transferred to another thread. */
var copyOf = (shown) => structuredClone(shown);
// src/engine/jobs/job-queue.ts
var WEIGHTS = {
	start: "exclusive",
	open: "exclusive",
	clear: "exclusive",
	lookUp: "free",
	kept: "free",
	freeKept: "free",
	align: "heavy",
	forecast: "heavy",
	evaluate: "heavy",
	measure: "heavy",
	map: "heavy",
	null: "heavy",
	twin: "heavy",
	shuffled: "heavy",
	generate: "heavy",
	probe: "heavy",
	export: "heavy",
	savedLoss: "heavy",
	curve: "heavy",
	neuron: "heavy",
	save: "heavy",
	planTraining: "heavy",
	trainingSpeed: "heavy",
	prepareTraining: "beside",
	evaluateStart: "beside",
	train: "heavy",
	trainingState: "heavy",
	bringTraining: "heavy",
	keepTraining: "heavy",
	dropTraining: "heavy",
	bandwidth: "heavy",
	picture: "light",
	cell: "light",
	order: "light",
	strongest: "light",
	related: "light",
	memory: "light",
	device: "light",
	timeKernels: "light"
};
/** Runs jobs in the order that their weights allow. */
var JobQueue = class {
	#heavy = new SerialQueue();
	#light = new SerialQueue();
	#beside = new SerialQueue();
	run(weight, task, signal) {
		if (weight === "free") return task();
		if (weight === "light") return this.#light.run(task, signal);
		if (weight === "heavy") return this.#heavy.run(task, signal);
		if (weight === "beside") return this.#beside.run(task, signal);
		const alone = () => this.#beside.run(() => this.#light.run(task, signal), signal);
		return this.#heavy.run(alone, signal);
	}
};
// src/engine/plans/entries.ts
/** Bytes read from the device at a time. */
var READ_BYTES$1 = 2 ** 24;
/**
* Reads the entries of the cost, or with a snapshot of the plan T, a few rows at a time. They equal those of pictures to the
* bit, before scaling. With `places` only these rows and columns.
*/
async function* entries({ backend, cost, planCost }, snapshot, places, signal) {
	const { bands, potentials, free } = deviceMatrix(backend, snapshot ? planCost : cost, snapshot, places);
	const scope = new Scope(backend);
	try {
		const step = stepOf(bands);
		for (let bandStart = 0; bandStart < bands.rows; bandStart += bands.bandRows) {
			const band = bands.band(bandStart);
			const bandEnd = bandStart + band.rows;
			for (let rowStart = bandStart; rowStart < bandEnd; rowStart += step) {
				signal?.throwIfAborted();
				const rows = Math.min(step, bandEnd - rowStart);
				const window = {
					rowStart,
					rowEnd: rowStart + rows,
					columnStart: 0,
					columnEnd: bands.columns
				};
				const into = scope.own(backend.zeros([
					rows,
					bands.columns,
					2
				], "entries"));
				backend.picture(band, potentials, window, into);
				const pixels = await backend.read(into);
				scope.free(into);
				const values = new Float32Array(rows * bands.columns);
				for (let i = 0; i < values.length; i++) values[i] = pixels[2 * i + 1] ?? NaN;
				yield {
					rowStart,
					rows,
					values
				};
			}
		}
	} finally {
		scope.free();
		free();
	}
}
var stepOf = ({ rows, columns }) => Math.max(1, Math.min(rows, Math.floor(READ_BYTES$1 / (8 * columns))));
// src/engine/neurons/strongest.ts
var MAX_PAIRS = 4096;
/** Finds the pairs with the most mass, or without a plan the least cost: of all pairs, one row or one column. */
var strongest = async (workspace, request, { signal }) => {
	const alignment = await alignmentOf(workspace, request.key, signal);
	check(alignment, request);
	const pairs = await alignment.pinned(async () => {
		if (alignment.plan === "permutation") return assignedPairs(alignment, request, signal);
		const snapshot = alignment.plan === "entropic" ? await alignment.snapshotAt(request.halfStep, signal) : void 0;
		return strongestPairs(alignment, snapshot, request, signal);
	});
	const values = Float32Array.from(pairs, ({ value }) => value);
	expectFinite("the strongest pairs", values);
	return {
		rows: Uint32Array.from(pairs, ({ row }) => row),
		columns: Uint32Array.from(pairs, ({ column }) => column),
		values
	};
};
/** Returns the pairs of a permutation by rising cost, because all have mass 1. */
async function assignedPairs(alignment, { count, row, column }, signal) {
	const { assignment } = await alignment.solveExactly(signal);
	const costs = await pairCosts(alignment.backend, alignment.cost, assignment, signal);
	return Array.from(descendingOrder(costs.map((cost) => -cost))).filter((i) => (row ?? i) === i && (column ?? assignment[i]) === assignment[i]).slice(0, count).map((i) => ({
		row: i,
		column: assignment[i] ?? 0,
		value: 1
	}));
}
async function strongestPairs(alignment, snapshot, { count, row, column }, signal) {
	const all = indexOrder(alignment.rows, alignment.columns);
	const rows = row !== void 0 ? Uint32Array.of(row) : column !== void 0 ? all.rows : await rowsOfStrongest(alignment, snapshot, count, signal);
	const columns = column === void 0 ? all.columns : Uint32Array.of(column);
	const sign = snapshot ? 1 : -1;
	const scale = snapshot ? alignment.rows : 1;
	let pairs = [];
	let least = -Infinity;
	const byStrength = (x, y) => sign * (y.value - x.value) || x.row - y.row || x.column - y.column;
	for await (const { rowStart, values } of entries(alignment, snapshot, {
		rows,
		columns
	}, signal)) for (const [at, entry] of values.entries()) {
		const value = entry * scale;
		if (sign * value < least) continue;
		pairs.push({
			row: rows[rowStart + Math.floor(at / columns.length)] ?? 0,
			column: columns[at % columns.length] ?? 0,
			value
		});
		if (pairs.length < 2 * count + 1024) continue;
		pairs = pairs.sort(byStrength).slice(0, count);
		least = sign * (pairs.at(-1)?.value ?? NaN);
	}
	return pairs.sort(byStrength).slice(0, count);
}
/**
* Returns rows that contain the `count` strongest entries: those `count` rows whose best entries are strongest. Ascending,
* so that ties keep the earlier rows first.
*/
async function rowsOfStrongest(alignment, snapshot, count, signal) {
	return descendingOrder(snapshot ? (await sumsOf(alignment, snapshot, signal)).peaks : (await nearestColumns(alignment, signal)).costs.map((cost) => -cost)).slice(0, count).sort();
}
function check({ rows, columns }, { count, row, column }) {
	if (!(Number.isInteger(count) && count >= 1 && count <= MAX_PAIRS)) throw new RequestError(`strongest: expected 1 to ${MAX_PAIRS} pairs, got ${count}`);
	for (const [what, index, size] of [[
		"row",
		row,
		rows
	], [
		"column",
		column,
		columns
	]]) {
		if (index === void 0 || Number.isInteger(index) && index >= 0 && index < size) continue;
		throw new RequestError(`strongest: expected a ${what} from 0 to ${size - 1}, got ${index}`);
	}
}
// src/llama/tensor-cache.ts
/**
* LRU cache of tensor groups on the device with a byte budget. `acquire` pins a group; the same number of calls of `release`
* unpins it. Only unpinned groups are evicted, the least recently used first, so pinned groups may exceed the budget.
*/
var TensorCache = class {
	#backend;
	#budgetBytes;
	/** In order of use, least recent first. */
	#entries = /* @__PURE__ */ new Map();
	#freed = false;
	constructor(backend, budgetBytes) {
		this.#backend = backend;
		this.#budgetBytes = budgetBytes;
	}
	/** Bytes of all groups that are cached or being loaded. */
	get bytes() {
		return [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
	}
	/** Returns and pins the group of `key`; calls `load` if it is not cached. The cache owns the tensors: never free them. */
	async acquire(key, bytes, load, signal) {
		for (;;) {
			signal?.throwIfAborted();
			if (this.#freed) throw new BackendError(`${key}: expected weights in use, but they were freed. Open the model again.`);
			const existing = this.#entries.get(key);
			if (existing === void 0) return this.#start(key, bytes, load);
			this.#touch(key, existing);
			existing.pins++;
			try {
				return await existing.group;
			} catch {}
		}
	}
	release(key) {
		if (this.#freed) return;
		const entry = this.#entries.get(key);
		if (entry === void 0 || entry.pins === 0) throw new BackendError(`${key}: released more often than acquired`);
		entry.pins--;
		if (entry.dropped) this.drop(key);
		this.#makeRoom(0);
	}
	/** Frees the group of `key`, if cached, once it is not pinned. */
	drop(key) {
		const entry = this.#entries.get(key);
		if (entry === void 0) return;
		entry.dropped = true;
		if (entry.pins > 0 || entry.loaded === void 0) return;
		this.#backend.free(...entry.loaded.values());
		this.#entries.delete(key);
	}
	/** Frees all groups, pinned or not. Later `acquire` throws, later `release` does nothing. */
	free() {
		this.#freed = true;
		for (const entry of this.#entries.values()) if (entry.loaded !== void 0) this.#backend.free(...entry.loaded.values());
		this.#entries.clear();
	}
	async #start(key, bytes, load) {
		this.#makeRoom(bytes);
		const entry = {
			bytes,
			group: this.#load(key, load),
			pins: 1,
			dropped: false,
			loaded: void 0
		};
		this.#entries.set(key, entry);
		try {
			entry.loaded = await entry.group;
			return entry.loaded;
		} catch (error) {
			this.#entries.delete(key);
			throw error;
		}
	}
	async #load(key, load) {
		const group = await load();
		if (!this.#freed) return group;
		this.#backend.free(...group.values());
		throw new BackendError(`${key}: the weights were freed while they were read. Open the model again.`);
	}
	#touch(key, entry) {
		this.#entries.delete(key);
		this.#entries.set(key, entry);
	}
	#makeRoom(bytes) {
		let held = this.bytes;
		for (const [key, entry] of this.#entries) {
			if (held + bytes <= this.#budgetBytes) return;
			if (entry.pins > 0 || entry.loaded === void 0) continue;
			this.#backend.free(...entry.loaded.values());
			this.#entries.delete(key);
			held -= entry.bytes;
		}
	}
};
// src/llama/weights.ts
var MIB = 2 ** 20;
var DEFAULT_BUDGET = {
	webgpu: 1024 * MIB,
	cpu: 512 * MIB
};
var BAND_BYTES = 64 * MIB;
/** Tensors of a block that are read at the same time have at most this many bytes, unless one alone has more. */
var READ_BYTES = 64 * MIB;
/**
* A checkpoint's tensors on a backend: read when first needed, packed as in the file, and cached within a byte budget (LRU) by
* tensor and by band. Several models may share one.
*/
var Weights = class {
	config;
	/** Row bands of the token embedding, in order. */
	embedding;
	/** Row bands of the head, in order; in a tied model those of the embedding. */
	head;
	#backend;
	#checkpoint;
	/** Tensors on the device; those of new blocks may share it and its budget. */
	cache;
	#finalNorm;
	#blockKeys;
	/**
	* The checkpoint must have passed `checkTensors`, unless its architecture is unsupported. `budgetBytes` limits what is cached while
	* not in use.
	*/
	constructor(backend, checkpoint, config, budgetBytes = DEFAULT_BUDGET[backend.info.kind]) {
		this.config = config;
		this.#blockKeys = [...blockShapes(config).keys()];
		this.#backend = backend;
		this.#checkpoint = checkpoint;
		this.cache = new TensorCache(backend, budgetBytes);
		const names = config.unsupported ? {
			embedding: "",
			head: "",
			finalNorm: ""
		} : outerNames(config, checkpoint);
		this.#finalNorm = names.finalNorm;
		this.embedding = this.#bands(names.embedding);
		this.head = names.head === names.embedding ? this.embedding : this.#bands(names.head);
	}
	/**
	* Returns a base block's tensors, or `only` some of them, keyed as in `blockShapes`. They are valid until `release` has been
	* called once for each call of `block`, with the same arguments. The caller must not free them.
	*/
	async block(index, signal, only) {
		const keys = only ?? this.#blockKeys;
		const loads = [];
		for (const part of this.#readTogether(index, keys)) {
			loads.push(...await Promise.allSettled(part.map((key) => this.#acquire(index, key, signal))));
			if (loads.some((load) => load.status === "rejected")) break;
		}
		const failed = loads.find((load) => load.status === "rejected");
		if (failed === void 0) return new Map(loads.flatMap((load) => load.status === "fulfilled" ? [...load.value] : []));
		this.release(index, keys.filter((_, i) => loads[i]?.status === "fulfilled"));
		throw failed.reason;
	}
	/** Returns the bytes of a base block's tensors, as stored and on the device. */
	blockBytes(index) {
		return this.#blockKeys.map((key) => blockTensorName(this.config, index, key)).reduce((sum, name) => sum + this.#info(name).bytes, 0);
	}
	release(index, only) {
		for (const key of only ?? this.#blockKeys) this.cache.release(blockTensorName(this.config, index, key));
	}
	/** Calls `use` with a band's rows `[rows, hidden]`; the tensor is valid until `use` has returned. */
	withBand(band, use, signal) {
		const key = `${band.name} rows ${band.rowStart} to ${band.rowStart + band.rows - 1}`;
		const load = async () => {
			const data = await this.#checkpoint.readRows(band.name, band.rowStart, band.rows, signal);
			return this.#upload(band.name, data, [band.rows, this.config.hiddenSize], key);
		};
		return this.#use(key, this.#rowBytes(band.name) * band.rows, load, use, signal);
	}
	/** Calls `use` with the final norm's gain `[hidden]`; the tensor is valid until `use` has returned. */
	withFinalNorm(use, signal) {
		const name = this.#finalNorm;
		const { bytes, shape } = this.#info(name);
		const load = async () => this.#upload(name, await this.#checkpoint.read(name, signal), shape, name);
		return this.#use(name, bytes, load, use, signal);
	}
	/** Frees all cached tensors, in use or not. Later reads throw. */
	free() {
		this.cache.free();
	}
	async #use(key, bytes, load, use, signal) {
		const loadGroup = async () => /* @__PURE__ */ new Map([[key, await load()]]);
		const group = await this.cache.acquire(key, bytes, loadGroup, signal);
		try {
			const tensor = group.get(key);
			if (tensor === void 0) throw new BackendError(`weights: ${key} was not loaded`);
			return use(tensor);
		} finally {
			this.cache.release(key);
		}
	}
	/** Splits keys into lists to read at once: a far source answers several requests as fast as one, but all lie in memory then. */
	#readTogether(index, keys) {
		const parts = [];
		let bytes = Infinity;
		for (const key of keys) {
			const more = this.#info(blockTensorName(this.config, index, key)).bytes;
			if (bytes + more > READ_BYTES) {
				parts.push([]);
				bytes = 0;
			}
			parts.at(-1)?.push(key);
			bytes += more;
		}
		return parts;
	}
	#acquire(index, key, signal) {
		const name = blockTensorName(this.config, index, key);
		const { bytes, shape } = this.#info(name);
		const load = async () => /* @__PURE__ */ new Map([[key, this.#upload(name, await this.#checkpoint.read(name, signal), shape, name)]]);
		return this.cache.acquire(name, bytes, load, signal);
	}
	#upload(name, data, shape, label) {
		const dtype = deviceDType(name, this.#info(name).dtype);
		return this.#backend.countAs("weights", this.#backend.upload(data, shape, dtype, label));
	}
	#bands(name) {
		if (name === "") return [];
		const rowsPerBand = Math.max(1, Math.floor(this.#bandBytes() / this.#rowBytes(name)));
		const bands = [];
		for (let rowStart = 0; rowStart < this.config.vocabSize; rowStart += rowsPerBand) bands.push({
			name,
			rowStart,
			rows: Math.min(rowsPerBand, this.config.vocabSize - rowStart)
		});
		return bands;
	}
	#bandBytes() {
		return Math.min(this.#backend.info.maxTensorBytes, BAND_BYTES);
	}
	#rowBytes(name) {
		return this.#info(name).bytes / this.config.vocabSize;
	}
	#info(name) {
		const info = this.#checkpoint.tensors.get(name);
		if (info !== void 0) return info;
		throw new ConfigError(`${name}: expected this tensor, got none. Check that all weight files are there and that config.json belongs to them.`);
	}
};
// src/backend/wasm/open.ts
/** Opens the fastest CPU backend available: WebAssembly with SIMD, with threads if allowed, else plain TypeScript. */
async function openCpu(threading) {
	try {
		const { WasmBackend } = await import("./backend-C93gC5lL.mjs");
		return await WasmBackend.open(threading);
	} catch {
		const { CpuBackend } = await import("./backend-9ksOfKwU.mjs").then((n) => n.n);
		return new CpuBackend();
	}
}
// src/engine/environment/calibrate.ts
/** Rows, columns and inner size. Small, because a software adapter takes longer to compile the kernels of larger problems than to run them. */
var SIZE = 128;
var RUNS = 2;
/**
* Measures the milliseconds of a matrix product plus a half-step of Sinkhorn, which dominate the time of models and plans.
* The first run compiles kernels and is not counted.
*/
async function calibrate(backend) {
	const values = Float32Array.from({ length: 16384 }, (_, i) => Math.sin(i));
	const matrix = backend.upload(values, [SIZE, SIZE], "f32", "calibration");
	const potentials = {
		f: backend.zeros([SIZE], "f"),
		g: backend.zeros([SIZE], "g"),
		epsilon: .1
	};
	const state = backend.zeros([2, SIZE], "state");
	const run = async () => {
		const start = performance.now();
		const product = backend.matmul(matrix, matrix, { orientation: "nt" });
		backend.rowPotential({
			cost: product,
			rowStart: 0,
			rows: SIZE
		}, potentials, { logMarginal: 0 }, state);
		await backend.read(potentials.f);
		backend.free(product);
		return performance.now() - start;
	};
	await run();
	let best = Infinity;
	for (let i = 0; i < RUNS; i++) best = Math.min(best, await run());
	backend.free(matrix, potentials.f, potentials.g, state);
	return best;
}
// src/engine/environment/backends.ts
/** Kernels that the first alignment and its picture use. */
var FIRST_KERNELS = [
	"extent",
	"row_moments",
	"column_log_sum",
	"sinkhorn_columns",
	"plan_rows",
	"picture",
	"gather"
];
/** Opens a backend. `gpu` is called each time, and only for WebGPU, which keeps what it measures in `memory`. */
async function openBackend(kind, gpu, threading, memory) {
	if (kind === "cpu") return openCpu(threading);
	const entry = await gpu();
	if (!entry) throw new NoAdapterError("expected WebGPU, found none: use a current browser over https or on localhost, or the CPU backend");
	const { WebGpuBackend } = await import("./backend-BKf5CRSB.mjs");
	return WebGpuBackend.open(entry, { memory });
}
/**
* Opens the chosen backend. `auto` takes WebGPU if there is an adapter, a software adapter only if it is faster than the CPU
* backend; otherwise the CPU, with a notice that says why.
* @throws NoAdapterError if the choice is `webgpu` and there is no adapter.
*/
async function chooseBackend(environment, choice) {
	const { backend, notice } = choice === "auto" ? await bestBackend(environment) : {
		backend: await environment.openBackend(choice),
		notice: void 0
	};
	if (isWebGpu(backend)) backend.precompile(FIRST_KERNELS);
	const { kind, description, software, limits, features } = backend.info;
	return {
		backend,
		summary: {
			kind,
			description,
			software,
			limits,
			features,
			...notice ? { notice } : {}
		}
	};
}
var isWebGpu = (backend) => "precompile" in backend;
async function bestBackend(environment) {
	let gpu;
	try {
		gpu = await environment.openBackend("webgpu");
	} catch (error) {
		const notice = `No WebGPU here, so the CPU computes${reason(error)}.`;
		return {
			backend: await environment.openBackend("cpu"),
			notice
		};
	}
	return gpu.info.software ? fasterOf(environment, gpu) : {
		backend: gpu,
		notice: void 0
	};
}
/** Speed of the CPU backend relative to the software adapter, measured once per environment. */
var advantages = /* @__PURE__ */ new WeakMap();
async function fasterOf(environment, gpu) {
	let cpu;
	try {
		cpu = await environment.openBackend("cpu");
		const advantage = advantages.get(environment) ?? await calibrate(gpu) / await calibrate(cpu);
		advantages.set(environment, advantage);
		if (!(advantage > 1)) {
			cpu.dispose();
			return {
				backend: gpu,
				notice: void 0
			};
		}
	} catch {
		cpu?.dispose();
		return {
			backend: gpu,
			notice: void 0
		};
	}
	gpu.dispose();
	const times = advantages.get(environment) ?? 1;
	return {
		backend: cpu,
		notice: `The only WebGPU adapter here is software; the CPU backend measured ${times.toFixed(1)} times as fast, so it computes.`
	};
}
/** Returns why the GPU did not start, in brackets; empty if there is simply no adapter. */
var reason = (error) => error instanceof NoAdapterError || !(error instanceof Error) ? "" : ` (${error.message.replace(/[.\s]+$/, "")})`;
// src/engine/workspace/workspace.ts
/** One device with its model and caches. It is replaced as a whole when the device is lost. */
var Workspace = class Workspace {
	backend;
	summary;
	/** Reads the text that a recipe names. */
	text;
	/** Stores the states of trainings. */
	byteStore;
	/** Temporary files, where the platform has them. */
	scratch;
	#model;
	#caches = /* @__PURE__ */ new Map();
	#weights;
	constructor(opened, model, lost) {
		this.backend = opened.backend;
		this.summary = opened.summary;
		this.text = opened.text;
		this.byteStore = opened.byteStore;
		this.scratch = opened.scratch;
		this.#model = model;
		for (const [key, cache] of lost ? lost.#caches : []) if (key.carry) this.#caches.set(key, key.make(this, key.carry(cache)));
	}
	static async open(environment, choice, model, corpus) {
		const text = (name, signal) => environment.text(name, corpus, signal);
		const { byteStore, scratch } = environment;
		return new Workspace({
			...await chooseBackend(environment, choice),
			text,
			byteStore,
			scratch
		}, model);
	}
	/**
	* Returns a workspace on a new device in place of this lost one, with what its caches carry over. The new device is of the
	* same kind, or opening fails, because CPU results must not be shown as GPU results.
	*/
	async reopen(environment) {
		const opened = await chooseBackend(environment, this.summary.kind);
		this.close();
		const { text, byteStore, scratch } = this;
		return new Workspace({
			...opened,
			text,
			byteStore,
			scratch
		}, this.#model, this);
	}
	/** Returns the cache of `key`, created on first use and owned by the workspace. */
	get(key) {
		if (!this.#caches.has(key)) this.#caches.set(key, key.make(this));
		return this.#caches.get(key);
	}
	/** @throws RequestError if no model is open. */
	get model() {
		if (this.#model) return this.#model;
		throw new RequestError("expected an open model, got none: open one first");
	}
	/** The open model's weights, created on first use. */
	get weights() {
		const { checkpoint, config } = this.model;
		this.#weights ??= new Weights(this.backend, checkpoint, config);
		return this.#weights;
	}
	/** Frees all that can be recomputed from the files: every cache, then the weights. */
	clear() {
		for (const [key, cache] of this.#caches) key.clear(cache);
		this.#weights?.free();
		this.#weights = void 0;
	}
	/** Frees the device. Jobs that still use it fail. */
	close() {
		this.backend.dispose();
	}
	/** Returns a workspace with the same device and another model. This one must not be used any more. */
	withModel(model) {
		this.clear();
		return new Workspace(this, model);
	}
};
// src/engine/engine.ts
var isHubJob = (name) => name === "lookUp" || name === "kept" || name === "freeKept";
/** Runs jobs in this thread. `run` may be called at any time; jobs are queued by their `Weight`. */
var Engine = class {
	#environment;
	#queue = new JobQueue();
	#running = /* @__PURE__ */ new Set();
	#jobs;
	#times;
	#model;
	#workspace;
	#recovery;
	constructor(environment) {
		this.#environment = environment;
		this.#jobs = {
			align,
			picture,
			cell,
			order,
			curve,
			strongest,
			related: async (...args) => (await import("./related-6BrHe60g.mjs")).related(...args),
			neuron: async (...args) => (await import("./neuron-DQ5PVbpN.mjs")).neuron(...args),
			save: async (...args) => (await import("./save-O_ws8OAp.mjs")).save(...args),
			evaluate: evaluateText,
			forecast: async (...args) => (await import("./forecast-Buvjm30Q.mjs")).forecastBlocks(...args),
			generate: async (...args) => (await import("./generate-D_fEoISF.mjs")).generateText(...args),
			probe: async (...args) => (await import("./probe-Dm-Sq39P.mjs")).probeText(...args),
			export: async (...args) => (await import("./export-CruaB0Q2.mjs")).exportCheckpoint(...args, environment),
			savedLoss: async (...args) => (await import("./saved-loss-DYRE9EIN.mjs")).savedLoss(...args),
			measure: async (...args) => (await import("./measure-BJEKp92R.mjs")).measureText(...args),
			map: async (...args) => (await import("./map-afyS3iL0.mjs")).mapNeurons(...args),
			null: async (...args) => (await import("./null-BiFn6K9t.mjs")).measureNulls(...args),
			twin: async (...args) => (await import("./twin-CGomNnlB.mjs")).measureTwin(...args),
			shuffled: async (...args) => (await import("./shuffled-DPvOUCAG.mjs")).measureShuffled(...args),
			planTraining: async (...args) => (await import("./plan-DJPnmr31.mjs")).planTraining(...args),
			trainingSpeed: async (...args) => (await import("./plan-DJPnmr31.mjs")).trainingSpeed(...args),
			prepareTraining: async (...args) => (await import("./train-B5xk1haX.mjs")).prepareTraining(...args),
			evaluateStart: async (...args) => (await import("./train-B5xk1haX.mjs")).evaluateStart(...args),
			train: async (...args) => (await import("./train-B5xk1haX.mjs")).train(...args),
			trainingState: async (...args) => (await import("./train-B5xk1haX.mjs")).trainingState(...args),
			bringTraining: async (...args) => (await import("./train-B5xk1haX.mjs")).bringTraining(...args),
			keepTraining: async (...args) => (await import("./train-B5xk1haX.mjs")).keepTraining(...args),
			dropTraining: async (...args) => (await import("./train-B5xk1haX.mjs")).dropTraining(...args),
			memory: async ({ backend }) => backend.memory(),
			device: async ({ backend }) => (await this.#jobTimes()).report(backend),
			timeKernels: async ({ backend }, { on }) => {
				await (await this.#jobTimes()).set(backend, on);
				return null;
			},
			bandwidth: async ({ backend }) => (await import("./bandwidth-b9kIEwf6.mjs")).copyBandwidth(environment, backend.info.kind),
			clear: async (workspace) => {
				workspace.clear();
				return null;
			}
		};
	}
	async run(name, args, options = {}) {
		const { signal, onEvent } = options;
		const context = {
			signal,
			emit: (event) => onEvent?.(event)
		};
		const task = async () => {
			this.#running.add(context);
			const stop = followDownloads(this.#model?.checkpoint.files.transfer, context.emit);
			try {
				return await this.#dispatch(name, args, context);
			} finally {
				stop();
				this.#running.delete(context);
			}
		};
		return this.#queue.run(this.#weight(name, args), task, signal);
	}
	/** Frees the device and all that is held on it. */
	dispose() {
		this.#workspace?.close();
		this.#workspace = void 0;
	}
	#weight(name, args) {
		const weight = WEIGHTS[name];
		if (weight !== "light" || !("key" in args)) return weight;
		const held = this.#workspace?.get(alignments);
		const alignment = held?.get(args.key);
		const kind = "kind" in args ? args.kind : void 0;
		if ((kind === "permutation" || kind === "plan" && alignment?.plan === "permutation") && !alignment?.exact) return "heavy";
		return [args, "minus" in args ? args.minus : void 0].map((asked) => ({
			history: asked && held?.get(asked.key)?.history,
			halfStep: asked && "halfStep" in asked ? asked.halfStep : void 0
		})).some(({ history, halfStep }) => history?.isEvicted(halfStep)) ? "heavy" : "light";
	}
	async #dispatch(name, args, context) {
		if (name === "start") return this.#start(args);
		if (name === "open") return this.#open(args.source, context);
		if (isHubJob(name)) {
			const run = (await import("./hub-DXUB9zwA.mjs"))[name];
			return await run(this.#environment, args, context);
		}
		const job = this.#jobs[name];
		if (!job) throw new RequestError(`expected a job among ${Object.keys(WEIGHTS).join(", ")}, got ${name}`);
		const isTimed = WEIGHTS[name] === "heavy" && name !== "curve" && name !== "null";
		const attempt = (workspace) => {
			const work = () => job(workspace, args, context);
			return isTimed && this.#times ? this.#times.record(name, workspace.backend, work) : work();
		};
		const workspace = this.#current();
		try {
			return await attempt(workspace);
		} catch (error) {
			if (!(error instanceof DeviceLostError || this.#workspace !== workspace && !isAbort(error))) throw error;
			throwIfAborted(context.signal);
			context.emit({
				type: "progress",
				progress: { label: "The GPU was lost; starting it again" }
			});
			await this.#recover(workspace);
			return await attempt(this.#current());
		}
	}
	async #start({ backend, corpus }) {
		const workspace = await Workspace.open(this.#environment, backend, this.#model, corpus);
		const sameKind = this.#workspace?.summary.kind === workspace.summary.kind;
		this.#workspace?.close();
		this.#workspace = workspace;
		await this.#times?.follow(workspace.backend, sameKind);
		return workspace.summary;
	}
	async #open(source, { signal, emit }) {
		this.#current();
		emit({
			type: "progress",
			progress: { label: "Reading headers" }
		});
		const files = await this.#files(source);
		const stop = followDownloads(files.transfer, emit);
		const model = await OpenModel.open(files, signal).finally(stop);
		throwIfAborted(signal);
		this.#workspace = this.#current().withModel(model);
		this.#model = model;
		return model.info;
	}
	async #files(source) {
		if (source.kind !== "hub") return this.#environment.files(source);
		const { hubFiles } = await import("./hub-DXUB9zwA.mjs");
		return hubFiles(this.#environment, source, (text) => this.#notify(text));
	}
	/** Sends a notice with whichever job runs, because files are read by any. */
	#notify(text) {
		const [context] = this.#running;
		context?.emit({
			type: "notice",
			text
		});
	}
	/** Replaces a lost device by a new one. Weights are read from the files again when they are needed. */
	async #recover(lost) {
		if (this.#workspace !== lost) return;
		this.#recovery ??= this.#replace(lost).finally(() => {
			this.#recovery = void 0;
		});
		await this.#recovery;
	}
	async #replace(lost) {
		this.#workspace = await lost.reopen(this.#environment);
		await this.#times?.follow(this.#workspace.backend, true);
	}
	/** Made when it is first asked for, because most visits ask for none. */
	async #jobTimes() {
		const { JobTimes } = await import("./job-times-D6QTbm0y.mjs");
		return this.#times ??= new JobTimes();
	}
	#current() {
		if (this.#workspace) return this.#workspace;
		throw new RequestError("expected a started backend, got none: run start first");
	}
};
// src/backend/wasm/assembler/encode.ts
var TYPE = {
	i32: 127,
	f32: 125,
	f64: 124,
	v128: 123
};
/** Unsigned LEB128. */
function uleb128(value) {
	const bytes = [];
	let rest = value >>> 0;
	do {
		const low = rest & 127;
		rest >>>= 7;
		bytes.push(rest === 0 ? low : low | 128);
	} while (rest !== 0);
	return bytes;
}
/** Signed LEB128 of a 32-bit integer. */
function sleb128(value) {
	const bytes = [];
	let rest = value | 0;
	for (;;) {
		const low = rest & 127;
		rest >>= 7;
		if (rest === 0 && (low & 64) === 0 || rest === -1 && (low & 64) !== 0) return [...bytes, low];
		bytes.push(low | 128);
	}
}
var float32 = (value) => [...new Uint8Array(Float32Array.of(value).buffer)];
var float64 = (value) => [...new Uint8Array(Float64Array.of(value).buffer)];
/** A vector of the binary format: its length, then its items. */
var vector = (items) => [...uleb128(items.length), ...items.flat()];
var section = (id, content) => [
	id,
	...uleb128(content.length),
	...content
];
var utf8 = (value) => {
	const bytes = [...new TextEncoder().encode(value)];
	return [...uleb128(bytes.length), ...bytes];
};
// src/backend/wasm/assembler/values.ts
/** A vector instruction: its prefix, then its opcode. */
var simd = (opcode) => [253, ...uleb128(opcode)];
var memory = (alignment, offset) => [alignment, ...uleb128(offset)];
/**
* An expression: the instructions that compute a value. They are emitted at every use, so store a value that is used twice in a
* variable (`Func.local`).
*/
var Value = class {
	code;
	constructor(code) {
		this.code = code;
	}
};
var instruction = (opcode, ...operands) => [...operands.flatMap(({ code }) => code), ...opcode];
var I32 = class I32 extends Value {
	valueType = "i32";
	static of(value) {
		return typeof value === "number" ? new I32([65, ...sleb128(value)]) : value;
	}
	#binary(opcode, other) {
		return new I32(instruction([opcode], this, I32.of(other)));
	}
	add(other) {
		return this.#binary(106, other);
	}
	sub(other) {
		return this.#binary(107, other);
	}
	mul(other) {
		return this.#binary(108, other);
	}
	div(other) {
		return this.#binary(110, other);
	}
	and(other) {
		return this.#binary(113, other);
	}
	or(other) {
		return this.#binary(114, other);
	}
	shl(other) {
		return this.#binary(116, other);
	}
	shr(other) {
		return this.#binary(118, other);
	}
	equals(other) {
		return this.#binary(70, other);
	}
	differs(other) {
		return this.#binary(71, other);
	}
	/** Unsigned, as all comparisons of I32. */
	below(other) {
		return this.#binary(73, other);
	}
	atLeast(other) {
		return this.#binary(79, other);
	}
	isZero() {
		return new I32(instruction([69], this));
	}
	/** Unsigned. */
	min(other) {
		return select(this.below(other), this, I32.of(other));
	}
	/** Unsigned. */
	max(other) {
		return select(this.below(other), I32.of(other), this);
	}
	/** Converts the unsigned number. */
	toF32() {
		return new F32(instruction([179], this));
	}
	toF64() {
		return new F64(instruction([184], this));
	}
	splat() {
		return new V128(instruction(simd(17), this));
	}
	/** Reinterprets the bits. */
	asF32() {
		return new F32(instruction([190], this));
	}
	i32(offset = 0) {
		return new I32(instruction([40, ...memory(2, offset)], this));
	}
	u16(offset = 0) {
		return new I32(instruction([47, ...memory(1, offset)], this));
	}
	f32(offset = 0) {
		return new F32(instruction([42, ...memory(2, offset)], this));
	}
	f64(offset = 0) {
		return new F64(instruction([43, ...memory(3, offset)], this));
	}
	v128(offset = 0) {
		return new V128(instruction([...simd(0), ...memory(2, offset)], this));
	}
	/** Four unsigned 16-bit integers, extended to 32 bits. */
	u16x4(offset = 0) {
		return new V128(instruction([...simd(4), ...memory(1, offset)], this));
	}
	/** One f32 in all lanes. */
	splatF32(offset = 0) {
		return new V128(instruction([...simd(9), ...memory(2, offset)], this));
	}
	atomic(offset = 0) {
		return new I32(instruction([
			254,
			16,
			...memory(2, offset)
		], this));
	}
	/** Adds atomically and returns the old value. */
	atomicAdd(value) {
		return new I32(instruction([
			254,
			30,
			...memory(2, 0)
		], this, I32.of(value)));
	}
	/** Stores `next` if memory has `expected`; returns the old value. */
	atomicCompareExchange(expected, next) {
		return new I32(instruction([
			254,
			72,
			...memory(2, 0)
		], this, expected, next));
	}
	/** If memory has `expected`, sleeps until notified. */
	atomicWait(expected) {
		return new I32([
			...this.code,
			...expected.code,
			66,
			127,
			254,
			1,
			...memory(2, 0)
		]);
	}
	/** Wakes all threads that wait on this address. */
	atomicNotify() {
		return new I32([
			...this.code,
			...I32.of(-1).code,
			254,
			0,
			...memory(2, 0)
		]);
	}
};
var F32 = class F32 extends Value {
	valueType = "f32";
	static of(value) {
		return typeof value === "number" ? new F32([67, ...float32(value)]) : value;
	}
	#binary(opcode, other) {
		return new F32(instruction([opcode], this, F32.of(other)));
	}
	add(other) {
		return this.#binary(146, other);
	}
	sub(other) {
		return this.#binary(147, other);
	}
	mul(other) {
		return this.#binary(148, other);
	}
	div(other) {
		return this.#binary(149, other);
	}
	min(other) {
		return this.#binary(150, other);
	}
	max(other) {
		return this.#binary(151, other);
	}
	differs(other) {
		return new I32(instruction([92], this, F32.of(other)));
	}
	splat() {
		return new V128(instruction(simd(19), this));
	}
	toF64() {
		return new F64(instruction([187], this));
	}
};
var F64 = class F64 extends Value {
	valueType = "f64";
	static of(value) {
		return typeof value === "number" ? new F64([68, ...float64(value)]) : value;
	}
	#binary(opcode, other) {
		return new F64(instruction([opcode], this, F64.of(other)));
	}
	add(other) {
		return this.#binary(160, other);
	}
	sub(other) {
		return this.#binary(161, other);
	}
	mul(other) {
		return this.#binary(162, other);
	}
	div(other) {
		return this.#binary(163, other);
	}
	sqrt() {
		return new F64(instruction([159], this));
	}
	above(other) {
		return new I32(instruction([100], this, F64.of(other)));
	}
	splat() {
		return new V128(instruction(simd(20), this));
	}
	toF32() {
		return new F32(instruction([182], this));
	}
};
/** A 128-bit vector of four f32 lanes. Methods named after another type treat the bits as lanes of that type. */
var V128 = class V128 extends Value {
	valueType = "v128";
	static of(value) {
		if (typeof value !== "number") return value;
		const lane = float32(value);
		return new V128([
			...simd(12),
			...lane,
			...lane,
			...lane,
			...lane
		]);
	}
	/** One integer for all lanes, or one per lane. */
	static ofI32(...values) {
		const lanes = values.length === 4 ? values : [
			values[0],
			values[0],
			values[0],
			values[0]
		];
		return new V128([...simd(12), ...new Uint8Array(Int32Array.from(lanes).buffer)]);
	}
	/** One f64 number in both lanes. */
	static ofF64(value) {
		if (typeof value !== "number") return value;
		const lane = float64(value);
		return new V128([
			...simd(12),
			...lane,
			...lane
		]);
	}
	/** One 64-bit integer in both lanes. */
	static ofI64(value) {
		return new V128([...simd(12), ...new Uint8Array(BigInt64Array.of(value, value).buffer)]);
	}
	#binary(opcode, other) {
		return new V128(instruction(simd(opcode), this, V128.of(other)));
	}
	#binaryF64(opcode, other) {
		return new V128(instruction(simd(opcode), this, V128.ofF64(other)));
	}
	#unary(opcode) {
		return new V128(instruction(simd(opcode), this));
	}
	add(other) {
		return this.#binary(228, other);
	}
	sub(other) {
		return this.#binary(229, other);
	}
	mul(other) {
		return this.#binary(230, other);
	}
	div(other) {
		return this.#binary(231, other);
	}
	/** this · factor + term, rounded once or twice: whichever is faster here. Needs relaxed SIMD; see `Func.multiplyAdd`. */
	relaxedMultiplyAdd(factor, term) {
		return new V128(instruction(simd(261), this, factor, term));
	}
	/** NaN if either operand is NaN; so is `max`. */
	min(other) {
		return this.#binary(232, other);
	}
	max(other) {
		return this.#binary(233, other);
	}
	/** `other` where it is greater, else this: ignores NaN in `other`. Faster than `max` on common hardware. */
	pmax(other) {
		return this.#binary(235, other);
	}
	abs() {
		return this.#unary(224);
	}
	negate() {
		return this.#unary(225);
	}
	sqrt() {
		return this.#unary(227);
	}
	nearest() {
		return this.#unary(106);
	}
	differs(other) {
		return this.#binary(66, other);
	}
	below(other) {
		return this.#binary(67, other);
	}
	above(other) {
		return this.#binary(68, other);
	}
	not() {
		return this.#unary(77);
	}
	and(other) {
		return this.#binary(78, other);
	}
	/** this & ~other. */
	andNot(other) {
		return this.#binary(79, other);
	}
	or(other) {
		return this.#binary(80, other);
	}
	/** Bits of this where `mask` has ones, else of `other`. */
	bitselect(mask, other) {
		return new V128(instruction(simd(82), this, other, mask));
	}
	anyTrue() {
		return new I32(instruction(simd(83), this));
	}
	lane(index) {
		return new F32([
			...this.code,
			...simd(31),
			index
		]);
	}
	withLane(index, value) {
		return new V128([
			...this.code,
			...value.code,
			...simd(32),
			index
		]);
	}
	/** Picks lanes of this (0 … 3) and of `other` (4 … 7). */
	shuffle = (other, lanes) => new V128([
		...this.code,
		...other.code,
		...simd(13),
		...lanes.flatMap((lane) => [
			4 * lane,
			4 * lane + 1,
			4 * lane + 2,
			4 * lane + 3
		])
	]);
	truncateToI32() {
		return this.#unary(248);
	}
	i32ToF32() {
		return this.#unary(250);
	}
	addI32(other) {
		return this.#binary(174, other);
	}
	subI32(other) {
		return this.#binary(177, other);
	}
	/** Signed. */
	aboveI32(other) {
		return this.#binary(59, other);
	}
	shl(bits) {
		return new V128([
			...this.code,
			...I32.of(bits).code,
			...simd(171)
		]);
	}
	/** Sign-extending. */
	shr(bits) {
		return new V128([
			...this.code,
			...I32.of(bits).code,
			...simd(172)
		]);
	}
	/** Converts f32 lanes 0 and 1. */
	lowToF64() {
		return this.#unary(95);
	}
	highToF64() {
		return this.shuffle(this, [
			2,
			3,
			2,
			3
		]).lowToF64();
	}
	addF64(other) {
		return this.#binaryF64(240, other);
	}
	subF64(other) {
		return this.#binaryF64(241, other);
	}
	mulF64(other) {
		return this.#binaryF64(242, other);
	}
	divF64(other) {
		return this.#binaryF64(243, other);
	}
	/** NaN if either operand is NaN; so is `maxF64`. */
	minF64(other) {
		return this.#binaryF64(244, other);
	}
	maxF64(other) {
		return this.#binaryF64(245, other);
	}
	absF64() {
		return this.#unary(236);
	}
	nearestF64() {
		return this.#unary(148);
	}
	equalsF64(other) {
		return this.#binaryF64(71, other);
	}
	belowF64(other) {
		return this.#binaryF64(73, other);
	}
	/** Converts to i32 lanes 0 and 1, the nearest there are (NaN to 0); lanes 2 and 3 are zero. */
	f64ToI32() {
		return this.#unary(252);
	}
	/** Converts i32 lanes 0 and 1. */
	i32ToF64() {
		return this.#unary(254);
	}
	/** Converts to f32 lanes 0 and 1; lanes 2 and 3 are zero. */
	f64ToF32() {
		return this.#unary(94);
	}
	addI64(other) {
		return this.#binary(206, other);
	}
	shlI64(bits) {
		return new V128([
			...this.code,
			...I32.of(bits).code,
			...simd(203)
		]);
	}
	/** Sign-extending. */
	shrI64(bits) {
		return new V128([
			...this.code,
			...I32.of(bits).code,
			...simd(204)
		]);
	}
	laneF64(index) {
		return new F64([
			...this.code,
			...simd(33),
			index
		]);
	}
	/** Sum of the four lanes, pairwise. */
	reduceSum() {
		const two = this.add(this.shuffle(this, [
			2,
			3,
			0,
			1
		]));
		return two.lane(0).add(two.lane(1));
	}
	/** Smallest lane. */
	reduceMin() {
		return this.lane(0).min(this.lane(1)).min(this.lane(2).min(this.lane(3)));
	}
	/** Largest lane. */
	reduceMax() {
		return this.lane(0).max(this.lane(1)).max(this.lane(2).max(this.lane(3)));
	}
};
/** Wraps instructions as a value of this type. */
function valueFromCode(valueType, code) {
	return new {
		i32: I32,
		f32: F32,
		f64: F64,
		v128: V128
	}[valueType](code);
}
/** `then` if the condition is not 0, else `otherwise`; both are computed. */
var select = (condition, then, otherwise) => valueFromCode(then.valueType, [
	...then.code,
	...otherwise.code,
	...condition.code,
	27
]);
// src/backend/wasm/assembler/func.ts
/** Builds the body of a function: each method call emits instructions. */
var Func = class {
	#params;
	#relaxed;
	#locals = [];
	#code = [];
	/** Assignments of constants, before all other code. */
	#prologue = [];
	#constants = /* @__PURE__ */ new Map();
	/** @param relaxed true if the function may use relaxed SIMD. */
	constructor(params, relaxed) {
		this.#params = params.length;
		this.#relaxed = relaxed;
	}
	/** Returns a parameter as a variable. */
	param(index, valueType) {
		return this.#variable(index, valueType);
	}
	/** Declares a variable and sets it to the value. */
	local(value) {
		const variable = this.#variable(this.#declare(value.valueType), value.valueType);
		variable.set(value);
		return variable;
	}
	i32(value) {
		return this.local(I32.of(value));
	}
	f32(value) {
		return this.local(F32.of(value));
	}
	f64(value) {
		return this.local(F64.of(value));
	}
	v128(value) {
		return this.local(V128.of(value));
	}
	/**
	* Returns a variable with a constant, or a number in all f32 lanes, set once, when the function starts. In loops it is faster than `V128.of`, which
	* engines turn into several instructions at every use.
	*/
	constant(value) {
		const { code } = V128.of(value);
		const known = this.#constants.get(String(code));
		if (known) return known;
		const index = this.#declare("v128");
		this.#prologue.push(...code, ...localSet(index));
		const constant = this.#variable(index, "v128");
		this.#constants.set(String(code), constant);
		return constant;
	}
	/** a · b + c in f32 lanes, in one instruction where there is relaxed SIMD. Numbers become constants. */
	multiplyAdd(a, b, c) {
		const factor = typeof b === "number" ? this.constant(b) : b;
		const term = typeof c === "number" ? this.constant(c) : c;
		return this.#relaxed ? a.relaxedMultiplyAdd(factor, term) : a.mul(factor).add(term);
	}
	if(condition, then, otherwise) {
		this.#emit([
			...condition.code,
			4,
			64
		]);
		then();
		if (otherwise) {
			this.#emit([5]);
			otherwise();
		}
		this.#emit([11]);
	}
	while(condition, body) {
		this.#emit([
			2,
			64,
			3,
			64,
			...condition.isZero().code,
			13,
			1
		]);
		body();
		this.#emit([
			12,
			0,
			11,
			11
		]);
	}
	/** Loops with i from `start` by `step` while below `end` (unsigned). `end` is computed in every iteration: pass a variable. */
	for(start, end, step, body) {
		const i = this.i32(start);
		this.if(i.below(end), () => {
			this.#emit([3, 64]);
			body(i);
			i.set(i.add(step));
			this.#emit([
				...i.below(end).code,
				13,
				0,
				11
			]);
		});
	}
	storeI32(at, value, offset = 0) {
		this.#emit([
			...at.code,
			...I32.of(value).code,
			54,
			2,
			...uleb128(offset)
		]);
	}
	storeF32(at, value, offset = 0) {
		this.#emit([
			...at.code,
			...value.code,
			56,
			2,
			...uleb128(offset)
		]);
	}
	storeF64(at, value, offset = 0) {
		this.#emit([
			...at.code,
			...value.code,
			57,
			3,
			...uleb128(offset)
		]);
	}
	storeV128(at, value, offset = 0) {
		this.#emit([
			...at.code,
			...value.code,
			...simd(11),
			2,
			...uleb128(offset)
		]);
	}
	/** Computes a value for its side effects. */
	drop(value) {
		this.#emit([...value.code, 26]);
	}
	/** Calls a function without a result. */
	call({ index }, ...args) {
		this.#emit([
			...codes(args),
			16,
			...uleb128(index)
		]);
	}
	/** Calls the function at `index` of the table, which has no result. */
	callIndirect(type, index, ...args) {
		this.#emit([
			...codes(args),
			...index.code,
			17,
			...uleb128(type),
			0
		]);
	}
	/** Returns the bytes of the finished function, which returns `result` if given. */
	encode(result) {
		const body = [
			...vector(this.#locals.map((valueType) => [1, TYPE[valueType]])),
			...this.#prologue,
			...this.#code,
			...result?.code ?? [],
			11
		];
		return [...uleb128(body.length), ...body];
	}
	/** Declares a local variable and returns its index. */
	#declare(valueType) {
		return this.#params + this.#locals.push(valueType) - 1;
	}
	#variable(index, valueType) {
		const set = (value) => this.#emit([...value.code, ...localSet(index)]);
		return Object.assign(valueFromCode(valueType, [32, ...uleb128(index)]), { set });
	}
	#emit(code) {
		for (const byte of code) this.#code.push(byte);
	}
};
var localSet = (index) => [33, ...uleb128(index)];
var codes = (values) => values.flatMap(({ code }) => [...code]);
// src/backend/wasm/assembler/module.ts
/** "\0asm", version 1. */
var MAGIC = [
	0,
	97,
	115,
	109,
	1,
	0,
	0,
	0
];
/** Builds a WebAssembly module: functions on one imported memory, `env.memory`. */
var Module = class {
	/** True if its functions may use relaxed SIMD. */
	relaxed;
	#types = [];
	#functions = [];
	#exports = [];
	#table = [];
	constructor(relaxed = false) {
		this.relaxed = relaxed;
	}
	/** Adds a function. `body` emits its instructions and returns its result, if it has one. */
	func(params, result, body) {
		const f = new Func(params, this.relaxed);
		const value = body(f, ...params.map((valueType, index) => f.param(index, valueType)));
		this.#functions.push({
			type: this.typeIndex(params, result),
			code: f.encode(value)
		});
		return {
			index: this.#functions.length - 1,
			params,
			result
		};
	}
	export(name, { index }) {
		this.#exports.push({
			name,
			index
		});
	}
	/** Adds a function to the table and returns its index there. */
	addToTable({ index }) {
		return this.#table.push(index) - 1;
	}
	/** Returns the index of a function type, which it adds if it is new. */
	typeIndex(params, result) {
		const code = [
			96,
			...vector(params.map((valueType) => [TYPE[valueType]])),
			...vector(result ? [[TYPE[result]]] : [])
		];
		const known = this.#types.findIndex((type) => String(type) === String(code));
		return known < 0 ? this.#types.push(code) - 1 : known;
	}
	/** Returns the binary, for a memory of at most `maxPages` pages of 64 KiB. `shared`: threads share the memory. */
	encode(minPages, maxPages, shared) {
		const limits = [
			shared ? 3 : 1,
			...uleb128(minPages),
			...uleb128(maxPages)
		];
		const exports = this.#exports.map(({ name, index }) => [
			...utf8(name),
			0,
			...uleb128(index)
		]);
		const size = uleb128(this.#table.length);
		return Uint8Array.from([
			...MAGIC,
			...section(1, vector(this.#types)),
			...section(2, vector([[
				...utf8("env"),
				...utf8("memory"),
				2,
				...limits
			]])),
			...section(3, vector(this.#functions.map(({ type }) => uleb128(type)))),
			...section(4, vector([[
				112,
				1,
				...size,
				...size
			]])),
			...section(7, vector(exports)),
			...section(9, vector([[
				0,
				65,
				...sleb128(0),
				11,
				...vector(this.#table.map(uleb128))
			]])),
			...section(10, vector(this.#functions.map(({ code }) => code)))
		]);
	}
};
// src/backend/wasm/relaxed-simd.ts
/** True if the engine has relaxed SIMD (WebAssembly 3.0), with its fused multiply-add: Chromium 114, Node 22 and later. */
function hasRelaxedSimd() {
	const module = new Module(true);
	module.func([], void 0, (f) => f.drop(f.multiplyAdd(V128.of(1), 1, 1)));
	return WebAssembly.validate(module.encode(0, 1, false));
}
// src/backend/wasm/relaxed-simd-node.ts
/** Turns on relaxed SIMD in this process: Node 20 has it behind a flag, newer ones have it anyway. */
function enableRelaxedSimd() {
	if (!hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
// src/backend/wasm/threads.ts
/** True if this thread can share memory and block: not on a page's main thread, and only if the page is cross-origin isolated. */
function canUseThreads() {
	try {
		return globalThis.crossOriginIsolated !== false && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0) === "timed-out";
	} catch {
		return false;
	}
}
// src/backend/wasm/thread-node.ts
var SOURCE = `
const { parentPort, workerData: { module, memory, index } } = require('node:worker_threads');
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
parentPort.postMessage('serving');
exports.serve(index);
`;
var spawn = (module, memory, index) => new Promise((resolve, reject) => {
	const worker = new Worker(SOURCE, {
		eval: true,
		workerData: {
			module,
			memory,
			index
		}
	});
	worker.unref();
	worker.once("message", () => resolve({ terminate: () => void worker.terminate() }));
	worker.once("error", reject);
});
/** Node worker threads, one per core that this process may use. */
var nodeThreads = () => ({
	count: Math.min(16, availableParallelism()),
	spawn
});
// src/backend/webgpu/node.ts
/** Possible paths of Chromium's software Vulkan driver. */
var SWIFTSHADER = ["/usr/lib/chromium/vk_swiftshader_icd.json", "/opt/google/chrome/vk_swiftshader_icd.json"];
var LOADERS = [
	"/usr/lib/x86_64-linux-gnu/libvulkan.so.1",
	"/usr/lib/aarch64-linux-gnu/libvulkan.so.1",
	"/usr/lib64/libvulkan.so.1"
];
/** From glibc's dlfcn.h; Node names only the other flags. */
var RTLD_NODELETE = 4096;
var DRIVERS = [
	"/usr/share/vulkan/icd.d",
	"/etc/vulkan/icd.d",
	"/usr/local/nvidia/share/vulkan/icd.d"
];
var made = [];
var dawn;
/** Opens WebGPU in Node with Dawn (package `webgpu`), once per process. */
var openDawn = () => dawn ??= openInstalled();
async function openInstalled() {
	const { create, globals } = await import("file:///work/main/node_modules/webgpu/index.js");
	Object.assign(globalThis, globals);
	const createGpu = () => {
		const gpu = create([]);
		made.push(gpu);
		return gpu;
	};
	return openOn({
		platform: process.platform,
		env: process.env,
		exists: existsSync,
		createGpu
	});
}
/**
* Opens Dawn with a driver that works. On Linux, if no system Vulkan driver works with Dawn and the environment names none,
* it uses the software driver of an installed Chromium.
*/
async function openOn(machine) {
	const { platform, env, exists, createGpu } = machine;
	if (platform !== "linux") return createGpu();
	const named = env["VK_ICD_FILENAMES"] ?? env["VK_DRIVER_FILES"];
	const software = SWIFTSHADER.find(exists);
	if (named === void 0 && software !== void 0 && DRIVERS.some(exists)) {
		const gpu = createGpu();
		if (await gpu.requestAdapter()) return gpu;
	}
	const driver = named ?? software;
	if (driver !== void 0) useVulkan(driver, machine);
	return createGpu();
}
/** Makes this the only Vulkan driver that Dawn will find. */
function useVulkan(driver, { env, exists }) {
	env["VK_ICD_FILENAMES"] = driver;
	const loader = join(dirname(driver), "libvulkan.so.1");
	if (LOADERS.some(exists) || !exists(loader)) return;
	try {
		const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
		process.dlopen({ exports: {} }, loader, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
	} catch {}
}
// src/checkpoint/directory-sink.ts
/** Returns bytes that are not in shared memory, because the platform's streams refuse that. */
function unshared(bytes) {
	return bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
}
// src/checkpoint/channel.ts
/**
* Unbuffered channel from one producer to one consumer: `put` resolves when the consumer takes the item. Unlike a
* TransformStream, `fail` rejects on both sides at once.
*/
var Channel = class {
	#offers = [];
	#closed = false;
	#failure;
	#wake = () => {};
	put(item) {
		return new Promise((taken, refused) => {
			if (this.#failure !== void 0) {
				refused(this.#failure.error);
				return;
			}
			this.#offers.push({
				item,
				taken,
				refused
			});
			this.#wake();
		});
	}
	/** Ends the iteration after the pending items. */
	close() {
		this.#closed = true;
		this.#wake();
	}
	/** Rejects on both sides with `error`. Only the first call has an effect on the error. */
	fail(error) {
		this.#failure ??= { error };
		for (const offer of this.#offers.splice(0)) offer.refused(error);
		this.#wake();
	}
	async *[Symbol.asyncIterator]() {
		for (;;) {
			if (this.#failure !== void 0) throw this.#failure.error;
			const offer = this.#offers.shift();
			if (offer !== void 0) {
				offer.taken();
				yield offer.item;
			} else if (this.#closed) return;
			else await new Promise((wake) => this.#wake = wake);
		}
	}
};
// src/checkpoint/zip-files.ts
/** Signatures and sizes in bytes of the records of a zip (APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16). */
var LOCAL = {
	signature: 67324752,
	bytes: 30
};
var ENTRY = {
	signature: 33639248,
	bytes: 46
};
var END = {
	signature: 101010256,
	bytes: 22
};
var END64 = {
	signature: 101075792,
	bytes: 56
};
var LOCATOR64 = {
	signature: 117853008,
	bytes: 20
};
var MAX_COMMENT = 65535;
/** A field of 32 bits that stands in the zip64 extra field instead. */
var IN_EXTRA = 4294967295;
/** The files of one folder of a zip without compression, as `ZipSink` writes it, also beyond 4 GiB. */
var ZipFiles = class ZipFiles {
	name;
	#zip;
	#entries;
	constructor(zip, folder, entries) {
		this.name = folder;
		this.#zip = zip;
		this.#entries = entries;
	}
	/** Reads the list of files. @param folder default: the folder of the zip's first file. @throws CheckpointError if it is no such zip, or cut short; SourceError. */
	static async open(zip, folder) {
		const { start, bytes, count } = await directoryOf(zip);
		const view = await viewOf(zip, start, bytes);
		const entries = /* @__PURE__ */ new Map();
		let prefix = folder === void 0 ? void 0 : `${folder}/`;
		let at = 0;
		for (let left = count; left > 0; left--) {
			if (at + ENTRY.bytes > bytes || view.getUint32(at, true) !== ENTRY.signature) throw damaged(zip);
			const method = view.getUint16(at + 10, true);
			const [nameBytes, extraBytes, commentBytes] = [
				28,
				30,
				32
			].map((field) => view.getUint16(at + field, true));
			const next = at + ENTRY.bytes + nameBytes + extraBytes + commentBytes;
			if (method !== 0 || next > bytes) throw damaged(zip);
			const path = textOf(view, at + ENTRY.bytes, nameBytes);
			prefix ??= path.slice(0, path.lastIndexOf("/") + 1);
			if (path.startsWith(prefix) && path !== prefix) entries.set(path.slice(prefix.length), entryOf(view, at, nameBytes, extraBytes));
			at = next;
		}
		return new ZipFiles(zip, folder ?? prefix?.slice(0, -1) ?? "", entries);
	}
	/** @throws CheckpointError if the file's own header is not where the list says; SourceError. */
	async open(name) {
		const entry = this.#entries.get(name);
		if (entry === void 0) return void 0;
		const header = await viewOf(this.#zip, entry.header, LOCAL.bytes);
		if (header.getUint32(0, true) !== LOCAL.signature) throw damaged(this.#zip);
		const start = entry.header + LOCAL.bytes + header.getUint16(26, true) + header.getUint16(28, true);
		return new PartSource(this.#zip, start, entry.size, name);
	}
	async list() {
		return [...this.#entries.keys()];
	}
};
/** A range of another source. */
var PartSource = class {
	name;
	size;
	#whole;
	#start;
	constructor(whole, start, size, name) {
		this.#whole = whole;
		this.#start = start;
		this.size = size;
		this.name = name;
	}
	async read(offset, length, signal) {
		checkRange$1(this, offset, length);
		return this.#whole.read(this.#start + offset, length, signal);
	}
};
/** Finds the list of files at the end of a zip. */
async function directoryOf(zip) {
	const tail = Math.min(zip.size, LOCATOR64.bytes + END.bytes + MAX_COMMENT);
	const tailStart = zip.size - tail;
	const view = await viewOf(zip, tailStart, tail);
	let end = tail - END.bytes;
	while (end >= 0 && view.getUint32(end, true) !== END.signature) end--;
	if (end < 0) throw damaged(zip);
	const locator = end - LOCATOR64.bytes;
	const directory = locator >= 0 && view.getUint32(locator, true) === LOCATOR64.signature ? await directory64(zip, Number(view.getBigUint64(locator + 8, true))) : {
		count: view.getUint16(end + 10, true),
		bytes: view.getUint32(end + 12, true),
		start: view.getUint32(end + 16, true)
	};
	if (directory.start + directory.bytes > tailStart + end) throw damaged(zip);
	return directory;
}
async function directory64(zip, at) {
	if (at + END64.bytes > zip.size) throw damaged(zip);
	const view = await viewOf(zip, at, END64.bytes);
	if (view.getUint32(0, true) !== END64.signature) throw damaged(zip);
	const [count = 0, bytes = 0, start = 0] = [
		32,
		40,
		48
	].map((field) => Number(view.getBigUint64(field, true)));
	return {
		start,
		bytes,
		count
	};
}
/** Reads size and offset of an entry: from their fields, or those that do not fit from the zip64 extra field, in this order. */
function entryOf(view, at, nameBytes, extraBytes) {
	const stored = view.getUint32(at + 20, true);
	const size = view.getUint32(at + 24, true);
	const header = view.getUint32(at + 42, true);
	let extra = at + ENTRY.bytes + nameBytes;
	const end = extra + extraBytes;
	while (extra + 4 <= end && view.getUint16(extra, true) !== 1) extra += 4 + view.getUint16(extra + 2, true);
	extra += 4;
	const wide = (field) => {
		if (field !== IN_EXTRA || extra + 8 > end) return field;
		extra += 8;
		return Number(view.getBigUint64(extra - 8, true));
	};
	const whole = wide(size);
	wide(stored);
	return {
		size: whole,
		header: wide(header)
	};
}
async function viewOf(zip, start, length) {
	if (start + length > zip.size) throw damaged(zip);
	const { buffer, byteOffset } = await zip.read(start, length);
	return new DataView(buffer, byteOffset, length);
}
var textOf = (view, start, length) => new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, length));
var damaged = (zip) => new CheckpointError(`${zip.name}: expected a zip without compression, got one that is damaged or cut short. Export again.`);
// src/checkpoint/zip-target.ts
var FOLDER = "interlayer-exports";
/** Old zips are deleted only after this time, because a download, perhaps in another tab, may still read them. */
var MAX_AGE_MILLISECONDS = 864e5;
/** Opens a file in the origin private file system, or memory if the browser cannot stream to such a file. */
async function openTarget(storage) {
	return await privateFile(storage).catch(() => void 0) ?? memoryTarget();
}
function memoryTarget() {
	let parts = [];
	return {
		write: async (bytes) => void parts.push(new Blob([bytes])),
		finish: async () => new Blob(parts, { type: "application/zip" }),
		discard: async () => void (parts = [])
	};
}
async function privateFile(storage) {
	if (storage?.getDirectory === void 0) return void 0;
	const folder = await (await storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
	await clearOld(folder);
	const name = `${crypto.randomUUID()}.zip`;
	const handle = await folder.getFileHandle(name, { create: true });
	if (!("createWritable" in handle)) {
		await folder.removeEntry(name);
		return;
	}
	const stream = await handle.createWritable();
	return {
		write: (bytes) => stream.write(bytes),
		finish: async () => {
			await stream.close();
			return handle.getFile();
		},
		discard: async () => {
			await stream.abort().catch(() => void 0);
			await folder.removeEntry(name);
		}
	};
}
async function clearOld(folder) {
	for await (const [name, handle] of folder.entries()) {
		const old = handle instanceof FileSystemFileHandle ? (await handle.getFile()).lastModified : Infinity;
		if (Date.now() - old > MAX_AGE_MILLISECONDS) await folder.removeEntry(name).catch(() => void 0);
	}
}
// src/checkpoint/zip-sink.ts
/**
* Writes a checkpoint as one zip for download, with all files in one folder. It is not compressed, because weights hardly
* compress. Bytes go to the origin private file system if available, else to memory. Files are written one after the other.
*/
var ZipSink = class {
	#folder;
	#storage;
	#zip;
	#current;
	#blob;
	#committed = false;
	/** @param storage store of large downloads. Default: the browser's. */
	constructor(folderName, storage = globalThis.navigator?.storage) {
		this.#folder = folderName;
		this.#storage = storage;
	}
	/**
	* The finished zip. In the private file system, an export at least a day later deletes it.
	* @throws SinkError before `commit` has resolved.
	*/
	get blob() {
		if (this.#blob === void 0 || !this.#committed) throw new SinkError("expected a finished zip, got one that is still being written. Wait for the export.");
		return this.#blob;
	}
	/** @throws SinkError if the previous file is still open, or space is missing. */
	async create(name) {
		if (this.#current !== void 0) throw new SinkError(`expected the file before ${name} to be closed, got it open. Write one after the other.`);
		const doing = `write ${name} into the zip`;
		const channel = this.#current = new Channel();
		await withSinkErrors(doing, async () => {
			await (await (this.#zip ??= this.#start())).entries.put({
				name: `${this.#folder}/${name}`,
				input: channel
			});
		});
		return {
			write: (bytes) => withSinkErrors(doing, () => channel.put(bytes)),
			close: async () => {
				channel.close();
				this.#current = void 0;
			}
		};
	}
	async finish() {
		return withSinkErrors("finish the zip", async () => {
			const zip = await (this.#zip ??= this.#start());
			zip.entries.close();
			await zip.written;
			this.#blob = await zip.target.finish();
			return ZipFiles.open(new BlobSource(this.#blob, `${this.#folder}.zip`), this.#folder);
		});
	}
	async commit() {
		this.#committed = true;
	}
	async abort() {
		if (this.#committed) return;
		const zip = await this.#zip?.catch(() => void 0);
		const reason = new DOMException("The export was stopped.", "AbortError");
		this.#current?.fail(reason);
		zip?.entries.fail(reason);
		this.#blob = void 0;
		await zip?.target.discard().catch(() => void 0);
	}
	async #start() {
		const { makeZip } = await import("./client-zip-Ct9bxku0.mjs");
		const target = await openTarget(this.#storage);
		const entries = new Channel();
		const written = pump(makeZip(entries), target);
		written.catch((error) => {
			this.#current?.fail(error);
			entries.fail(error);
		});
		return {
			entries,
			target,
			written
		};
	}
};
async function pump(zip, target) {
	const reader = zip.getReader();
	for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) await target.write(unshared(chunk.value));
}
// src/engine/environment/file-choices.ts
/** Keeps what a WebGPU backend measured about its adapter in a file, by default in the user's cache folder. */
function fileChoices(file = join(cacheFolder(), "interlayer", "kernels.json")) {
	const all = async () => {
		try {
			const parsed = JSON.parse(new TextDecoder().decode(await readFile(file)));
			return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
		} catch {
			return {};
		}
	};
	return {
		async read(key) {
			const text = (await all())[key];
			return typeof text === "string" ? text : void 0;
		},
		async write(key, text) {
			await mkdir(dirname(file), { recursive: true });
			await writeFile(file, JSON.stringify({
				...await all(),
				[key]: text
			}));
		}
	};
}
/** The user's cache folder. */
var cacheFolder = () => process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
// src/engine/environment/disk-folders.ts
var written = 0;
/** Folders on disk, by default those that the command line keeps downloads in. */
var DiskFolders = class {
	root;
	constructor(root = join(cacheFolder(), "interlayer", "hub")) {
		this.root = root;
	}
	async list(folder) {
		const path = join(this.root, folder);
		const known = (await readdir(path, { withFileTypes: true }).catch(missing([]))).map(async (entry) => {
			const isFolder = entry.isDirectory();
			const size = isFolder ? 0 : await stat(join(path, entry.name)).then((found) => found.size, missing(0));
			return {
				name: entry.name,
				size,
				isFolder
			};
		});
		return Promise.all(known);
	}
	async read(path, offset, length) {
		const file = await open(join(this.root, path)).catch(missing(void 0));
		if (file === void 0) return void 0;
		try {
			return await readDiskRange(file, offset, Math.min(length, Math.max(0, (await file.stat()).size - offset)));
		} finally {
			await file.close();
		}
	}
	async write(path, bytes) {
		const target = join(this.root, path);
		const partial = `${target}.${process.pid}-${written++}.part`;
		await mkdir(dirname(target), { recursive: true });
		try {
			await writeFile(partial, bytes);
			await rename(partial, target);
		} catch (error) {
			await rm(partial, { force: true });
			throw error;
		}
	}
	async remove(folder) {
		await rm(join(this.root, folder), {
			recursive: true,
			force: true
		});
	}
	/** Returns the bytes that are free on the disk. */
	async free() {
		const found = await statfs(this.root).catch(missing(void 0));
		return found && found.bavail * found.bsize;
	}
};
/** Returns `instead` for a file that is not there. */
function missing(instead) {
	return (error) => {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return instead;
		throw error;
	};
}
// src/engine/environment/temporary-files.ts
var PREFIX = "interlayer-scratch-";
/** Temporary files in a folder of this process, which is removed when the process ends. */
var TemporaryFiles = class {
	#folder;
	#written = 0;
	async write(bytes) {
		const name = `tensor-${++this.#written}`;
		const path = join(this.#open(), name);
		await withSinkErrors(`write ${bytes.length} bytes to ${path}`, () => writeFile(path, bytes));
		return new TemporaryFile(path, name, bytes.length);
	}
	#open() {
		if (this.#folder !== void 0) return this.#folder;
		removeAbandoned();
		const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
		process.once("exit", () => rmSync(folder, {
			recursive: true,
			force: true
		}));
		return this.#folder = folder;
	}
};
/** Removes the folders of processes that were killed. */
function removeAbandoned() {
	for (const name of readdirSync(tmpdir())) {
		const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(19), 10) : NaN;
		if (!Number.isNaN(pid) && !isRunning(pid)) rmSync(join(tmpdir(), name), {
			recursive: true,
			force: true
		});
	}
}
function isRunning(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}
var TemporaryFile = class {
	name;
	size;
	#path;
	constructor(path, name, size) {
		this.#path = path;
		this.name = name;
		this.size = size;
	}
	async read(offset, length, signal) {
		signal?.throwIfAborted();
		checkRange$1(this, offset, length);
		const handle = await open(this.#path);
		try {
			const bytes = await readDiskRange(handle, offset, length, signal);
			if (bytes.length === length) return bytes;
			throw new SourceError(`${this.#path}: expected ${length} bytes at ${offset}, got ${bytes.length}. Make the new blocks again.`);
		} finally {
			await handle.close();
		}
	}
	remove() {
		return rm(this.#path, { force: true });
	}
};
// src/engine/environment/byte-store.ts
/** Bytes could not be stored or read. */
var ByteStoreError = class extends Error {
	name = "ByteStoreError";
};
/** Stores bytes in memory, until the engine ends. */
var MemoryByteStore = class {
	#kept = /* @__PURE__ */ new Map();
	async read(name) {
		return this.#kept.get(name);
	}
	async write(name, bytes) {
		this.#kept.set(name, bytes);
		return false;
	}
	async remove(name) {
		this.#kept.delete(name);
	}
};
// src/engine/environment/texts.ts
/** True if the text that a recipe names is shipped with the project. */
var isShippedText = (name) => FEATURE_TEXTS.some((shipped) => shipped === name);
/** Returns the text's file name in the folder of shipped texts. */
var shippedTextFile = (name) => `${name}-heldout.txt`;
var textMissing = (name) => new RequestError(`expected the text ${name} of the recipe's activations, got none. ` + (name.startsWith("file:") ? "Give the file with --features-text on the command line, or choose a shipped text." : `Choose one of ${FEATURE_TEXTS.join(", ")}.`));
// src/engine/node.ts
var CORPUS = new URL("../../public/corpus/", "file:///tmp/wt/soak/src/engine/node.ts");
/** The environment of Node. Models are read from URLs, file: ones too, and written to paths. */
var NodeEnvironment = class {
	byteStore = new MemoryByteStore();
	scratch = new TemporaryFiles();
	#folders;
	#cache;
	#texts = /* @__PURE__ */ new Map();
	#gpu;
	/** @param cache folder that downloads are kept in; default: one in the user's cache folder. */
	constructor(folders, cache) {
		this.#folders = folders;
		this.#cache = cache;
	}
	openBackend(kind) {
		enableRelaxedSimd();
		return openBackend(kind, () => this.#gpu ??= openDawn(), nodeThreads(), fileChoices());
	}
	files(source) {
		if (source.kind === "files") throw new RequestError("expected a model in a folder or at an address, got picked files. Give a path.");
		if (source.url.startsWith("file:")) return this.#folders.files(source.url);
		return filesAt$1(source.url, source.name === void 0 ? {} : { name: source.name });
	}
	async keptFolders() {
		return new DiskFolders(this.#cache);
	}
	async destination(place, name) {
		if (place.kind === "folder") return { sink: this.#folders.sink(place.path) };
		if (place.kind === "directory") throw new RequestError("export: expected a path, got a folder picked in a browser.");
		const sink = new ZipSink(name);
		return {
			sink,
			blob: async () => sink.blob
		};
	}
	newHash() {
		const hash = createHash("sha256");
		return {
			update: (bytes) => void hash.update(bytes),
			hex: () => hash.digest("hex")
		};
	}
	/** Registers a text under the name that recipes use for it. */
	provideText(name, text) {
		this.#texts.set(name, text);
	}
	async text(name) {
		const offered = this.#texts.get(name);
		if (offered !== void 0) return offered;
		if (!isShippedText(name)) throw textMissing(name);
		const text = await this.#folders.text(new URL(shippedTextFile(name), CORPUS).href);
		this.#texts.set(name, text);
		return text;
	}
	/** Drops the reference to WebGPU, so that the process can exit. */
	release() {
		this.#gpu = void 0;
	}
};
// soak/cycles.ts
var SHIPPED = new URL("../public/models/interlayer-fairy-1.7m/", "file:///tmp/wt/soak/soak/cycles.ts").pathname;
/** Cycles on one device before it is given back and another is started. */
var CYCLES_PER_DEVICE = 10;
/** Settings that cycles take in turn, so that entropic, exact and structured plans are all made and freed. */
var ALIGNED = [
	{
		method: "opt-deus:paper",
		tensor: "self_attn.q_proj"
	},
	{
		method: "opt-deus:hard",
		tensor: "mlp.gate_proj"
	},
	{
		method: "opt-deus:relative",
		tensor: "self_attn.o_proj"
	},
	{
		method: "opt-deus:structured",
		tensor: "mlp.down_proj"
	}
];
/** Opens a model, aligns a gap, draws it, evaluates the deeper model, and closes it; again and again. */
async function runCycles(options) {
	const { backend, cycles, model = SHIPPED, log } = options;
	const environment = new NodeEnvironment(folders);
	const url = pathToFileURL(model).href;
	const begun = Date.now();
	const idle = [];
	let description = "";
	let engine;
	for (let cycle = 0; cycle < cycles; cycle++) {
		if (engine === void 0 || cycle % CYCLES_PER_DEVICE === 0) {
			engine?.dispose();
			engine = new Engine(environment);
			({description} = await engine.run("start", { backend }));
		}
		await useOnce(engine, url, cycle);
		if (cycle % CYCLES_PER_DEVICE === 9 || cycle === cycles - 1) {
			idle.push(await measure(engine, cycle + 1));
			if (idle.length % 10 === 1) log?.(JSON.stringify(idle.at(-1)));
		}
	}
	engine?.dispose();
	environment.release();
	return {
		...options,
		description,
		seconds: (Date.now() - begun) / 1e3,
		idle
	};
}
async function useOnce(engine, url, cycle) {
	const { layers } = await engine.run("open", { source: {
		kind: "url",
		url
	} });
	const { method, tensor } = ALIGNED[cycle % ALIGNED.length];
	const recipe = {
		...DEFAULT_RECIPE,
		method,
		seed: cycle
	};
	const gap = cycle % (layers - 1);
	const { key } = await engine.run("align", {
		recipe,
		gap,
		tensor
	});
	await engine.run("picture", {
		key,
		kind: "plan",
		order: "matched",
		maxPixels: 256
	});
	await engine.run("picture", {
		key,
		kind: "cost",
		maxPixels: 256
	});
	await engine.run("cell", {
		key,
		row: 1,
		column: 2
	});
	if (cycle % 5 === 0) {
		const ids = [
			1,
			2,
			3,
			4,
			5,
			6,
			7,
			8
		];
		await engine.run("evaluate", {
			recipe: {
				...recipe,
				gaps: [gap]
			},
			ids,
			compareWithBase: true
		});
	}
	await engine.run("clear", {});
}
setFlagsFromString("--expose-gc");
var collectGarbage = runInNewContext("gc");
async function measure(engine, cycle) {
	const { bytes: deviceBytes, tensors, pooledBytes } = await engine.run("memory", {});
	for (let times = 0; times < 3; times++) {
		await new Promise((resolve) => setTimeout(resolve, 10));
		collectGarbage();
	}
	const { heapUsed: heap, arrayBuffers: buffers, rss: resident } = process.memoryUsage();
	return {
		cycle,
		deviceBytes,
		tensors,
		pooledBytes,
		heap,
		buffers,
		resident,
		resources: process.getActiveResourcesInfo().length
	};
}
export { addAttention as A, alignmentOf as B, requestedModel as C, kindOf as D, LlamaModel as E, weight as F, Transfer as G, alignments as H, HiddenStateCache as I, TransientError as J, refusal as K, evaluate as L, attentionShape as M, forwardBlock as N, withBlock as O, linear as P, checkIndex as R, baseModel as S, expansionOf as T, MemorySource as U, progress as V, UrlSource as W, withRetries as X, readBody as Y, checkRange$1 as Z, SINGLE_NAME as _, Module as a, idsOf as b, I32 as c, openCpu as d, TensorCache as f, INDEX_NAME as g, deviceDType as h, hasRelaxedSimd as i, addMlp as j, RopeTables as k, V128 as l, OpenModel as m, unshared as n, F32 as o, entries as p, request as q, canUseThreads as r, runCycles, F64 as s, ByteStoreError as t, valueFromCode as u, firstNonFinite as v, trainings as w, windowsOf as x, followDownloads as y, costLines as z };

//# sourceMappingURL=cycles.mjs.map