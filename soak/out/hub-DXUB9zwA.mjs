import { G as Transfer, J as TransientError, K as refusal, W as UrlSource, X as withRetries, Y as readBody, Z as checkRange, _ as SINGLE_NAME, g as INDEX_NAME, m as OpenModel, q as request, y as followDownloads } from "./cycles.mjs";
import { i as CheckpointError, o as SourceError } from "./dtype-B4pdtvg3.mjs";
import { a as isRecord, c as show, o as parseJson, r as decodeText } from "./header-XFeQ-0Eu.mjs";
import { n as blockTensorName } from "./block-SzSOAUuq.mjs";
import { t as HUB_ENDPOINT } from "./hub-Co1oPVYG.mjs";
import { n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/checkpoint/hub/shared-work.ts
/** Work that several callers wait for. It is aborted once all of them have gone. */
var SharedWork = class {
	#controller = new AbortController();
	#result;
	#waiting = 0;
	constructor(work) {
		this.#result = Promise.resolve().then(() => work(this.#controller.signal));
		this.#result.catch(() => void 0);
	}
	/** True once nobody waits for it any more. */
	get aborted() {
		return this.#controller.signal.aborted;
	}
	/** Returns the result. @throws the signal's reason as soon as it is aborted; errors of the work. */
	async wait(signal) {
		signal?.throwIfAborted();
		this.#waiting++;
		const leaving = signal && AbortSignal.any([signal]);
		let leave;
		const left = new Promise((_, reject) => {
			leave = () => reject(signal?.reason);
			leaving?.addEventListener("abort", leave, { once: true });
		});
		try {
			return await Promise.race([this.#result, left]);
		} finally {
			if (leave !== void 0) leaving?.removeEventListener("abort", leave);
			if (--this.#waiting === 0 && signal?.aborted === true) this.#controller.abort(signal.reason);
		}
	}
};
// src/checkpoint/hub/hub-source.ts
/** Requests begin and end at multiples of this, so that small reads beside each other need one. */
var PAGE_BYTES = 262144;
/** Largest request. What has come of a cancelled one is lost, so this is also what reopening may have to read again. */
var REQUEST_BYTES = 4 * 2 ** 20;
/**
* A file that is far away and kept in part. A read takes what is kept, joins requests under way, and requests the rest, in
* whole pages, several at a time.
*/
var HubSource = class {
	name;
	size;
	#far;
	#kept;
	#turns;
	/** Under way. */
	#runs = [];
	/** Those that came last and could not be kept. */
	#held = [];
	/** @param turns limits the requests of all files of a model. */
	constructor(far, kept, turns) {
		this.name = far.name;
		this.size = far.size;
		this.#far = far;
		this.#kept = kept;
		this.#turns = turns;
	}
	async read(offset, length, signal) {
		signal?.throwIfAborted();
		checkRange(this, offset, length);
		await this.#kept?.load();
		const target = new Uint8Array(length);
		const end = offset + length;
		const reading = [];
		for (let at = offset; at < end;) {
			const piece = this.#kept?.pieceAt(at);
			if (piece !== void 0) {
				const bytes = await this.#kept?.read(piece, at, end - at);
				if (bytes !== void 0) target.set(bytes, at - offset);
				at += bytes?.byteLength ?? 0;
				continue;
			}
			const run = this.#runAt(at) ?? this.#request(at, end);
			const stop = Math.min(end, run.end);
			reading.push(copied(run.work.wait(signal), at - run.start, stop - run.start, target, at - offset));
			at = stop;
		}
		for (const result of await Promise.allSettled(reading)) if (result.status === "rejected") throw result.reason;
		return target;
	}
	#runAt(at) {
		return [...this.#runs, ...this.#held].find(({ start, end, work }) => start <= at && at < end && !work.aborted);
	}
	/** Requests whole pages from that of `at` to that of `end`, up to what is kept or on its way. */
	#request(at, end) {
		const start = at - at % PAGE_BYTES;
		const run = {
			start,
			end: Math.min(Math.ceil(end / PAGE_BYTES) * PAGE_BYTES, start + REQUEST_BYTES, this.size, this.#kept?.nextAfter(at) ?? Infinity, ...this.#runs.filter((run) => run.start > at && !run.work.aborted).map((run) => run.start)),
			work: new SharedWork((signal) => this.#turns.run(() => this.#fetch(run, signal)))
		};
		this.#runs.push(run);
		return run;
	}
	async #fetch(run, signal) {
		try {
			signal.throwIfAborted();
			const bytes = await this.#far.read(run.start, run.end - run.start, signal);
			if (!(await this.#kept?.write(run.start, bytes) ?? false)) this.#held = [...this.#held, run].slice(-4);
			return bytes;
		} finally {
			this.#runs = this.#runs.filter((each) => each !== run);
		}
	}
};
/** Copies bytes `from … to − 1` of what comes to `at` of the target. */
function copied(coming, from, to, target, at) {
	const copy = coming.then((bytes) => target.set(bytes.subarray(from, to), at));
	copy.catch(() => void 0);
	return copy;
}
// src/checkpoint/hub/errors.ts
/** A Hub does not give a model. `name` is the kind of problem; it survives the way to another thread. */
var HubError = class extends SourceError {
	constructor(name, message, options) {
		super(message, options);
		this.name = name;
	}
};
// src/checkpoint/hub/repository.ts
var MAX_LISTING_BYTES = 32 * 2 ** 20;
var COMMIT = /^[0-9a-f]{40}$/;
/** True for a full commit, which always stands for the same files. */
var isCommit = (revision) => COMMIT.test(revision);
/** Address of the repository's page. */
var pageOf = ({ endpoint, repo }) => `${endpoint}/${repo}`;
/** Address of a file at a commit. */
var fileUrl = ({ endpoint, repo }, sha, file) => `${endpoint}/${repo}/resolve/${sha}/${file.split("/").map(encodeURIComponent).join("/")}`;
/**
* Resolves the revision to a commit and lists its files, by one request of the Hub's API.
* @throws HubError if repository or revision do not exist or may not be read; SourceError if the Hub cannot be reached;
* CheckpointError if it answers something else.
*/
async function readListing(repository, options, signal) {
	const { endpoint, repo, revision } = repository;
	const url = `${endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
	const bytes = await withRetries(signal, async () => {
		const response = await request(url, options, void 0, signal);
		if (response.status !== 200) throw await refusal(response, url, options);
		return readBody(response, url, { atMost: MAX_LISTING_BYTES }, options);
	});
	return parseListing(parseJson(decodeText(bytes, url), url), url);
}
/** @throws CheckpointError if `data` is not a listing. */
function parseListing(data, name) {
	const { sha, siblings, gated, cardData, tags } = isRecord(data) ? data : {};
	if (typeof sha !== "string" || !isCommit(sha) || !Array.isArray(siblings)) throw new CheckpointError(`${name}: expected a commit (sha) and its files (siblings), got ${show(data)}. Check that this is the address of a Hugging Face Hub.`);
	const files = /* @__PURE__ */ new Map();
	for (const sibling of siblings) {
		const { rfilename: path, size } = isRecord(sibling) ? sibling : {};
		if (typeof path !== "string") continue;
		files.set(path, Number.isSafeInteger(size) && Number(size) >= 0 ? Number(size) : void 0);
	}
	return {
		sha,
		files,
		gated: gated !== void 0 && gated !== false && gated !== null,
		licence: licenceOf(cardData, tags)
	};
}
/** Returns the licence's id from the model card, or else from the tags. */
function licenceOf(card, tags) {
	const named = isRecord(card) ? card["license"] : void 0;
	if (typeof named === "string") return named;
	const tag = Array.isArray(tags) ? tags.find((each) => String(each).startsWith("license:")) : void 0;
	return tag === void 0 ? void 0 : String(tag).slice(8);
}
/**
* Returns the error of a request that a Hub refuses (`X-Error-Code`, as read by huggingface_hub:utils/_http.py); undefined if
* its status says it all. To those without a token it answers 401 for repositories that do not exist, as for private ones.
*/
function hubRefusal(repository, response) {
	const { status, headers } = response;
	const { repo, revision, token } = repository;
	const code = headers.get("X-Error-Code");
	const came = `got status ${status}${code === null ? "" : ` (${code})`}`;
	if (code === "GatedRepo") return new HubError("GatedRepositoryError", `${repo}: expected access, ${came}: it is gated. ${token === void 0 ? `Ask for access at ${pageOf(repository)}, then give a token that may read it.` : `Ask for access at ${pageOf(repository)} with the account of this token.`}`);
	if (code === "RevisionNotFound") return new HubError("NoSuchRevisionError", `${repo}: expected the revision ${show(revision)}, ${came}: there is none. Take one of those at ${pageOf(repository)}/tree/main, or leave it out.`);
	if (status === 401 && token !== void 0 && code !== "RepoNotFound") return new HubError("NoAccessError", `${repo}: expected a token that may read it, ${came}: the token is refused. Make another at ${repository.endpoint}/settings/tokens, or leave it out.`);
	if (status === 401 || status === 403) return new HubError("NoAccessError", `${repo}: expected a repository that can be read, ${came}: it is private, or there is none of this name. Check the name, or give a token that may read it.`);
	if (code === "RepoNotFound" || status === 404 && code !== "EntryNotFound") return new HubError("NoSuchRepositoryError", `${repo}: expected a repository at ${repository.endpoint}, ${came}: there is none of this name. Check its spelling.`);
}
// src/checkpoint/hub/turns.ts
/** Lets a limited number of tasks run at the same time; the others wait for their turn. */
var Turns = class {
	#free;
	#queue = [];
	constructor(most) {
		this.#free = most;
	}
	async run(task) {
		if (this.#free > 0) this.#free--;
		else await new Promise((resolve) => this.#queue.push(resolve));
		try {
			return await task();
		} finally {
			const next = this.#queue.shift();
			if (next) next();
			else this.#free++;
		}
	}
};
// src/checkpoint/hub/weight-files.ts
var SAFETENSORS = /^[^/]+\.safetensors$/;
var SHARD = /^[^/]+-\d+-of-\d+\.safetensors$/;
var OTHER_WEIGHTS = /\.(safetensors|bin|gguf|pth?|onnx|h5|msgpack|mlmodel|tflite|npz|ckpt)$/;
/**
* Returns the paths that opening the model may read: its own files without those in folders, or the one file it names.
* @throws HubError if there are no safetensors, or not the file.
*/
function openable(repository, { files }) {
	const { repo, file } = repository;
	const paths = [...files.keys()];
	const weights = paths.filter((path) => OTHER_WEIGHTS.test(path));
	const here = weights.length === 0 ? "no weights" : namesOf(weights);
	if (file !== void 0) {
		if (files.has(file)) return [file];
		throw new HubError("NoSafetensorsError", `${repo}: expected the file ${file}, got ${here}. Take one of its files.`);
	}
	if (files.has("model.safetensors") || files.has("model.safetensors.index.json")) return paths.filter((path) => !path.includes("/"));
	const gguf = weights.find((path) => /^[^/]+\.gguf$/.test(path));
	const next = paths.some((path) => SAFETENSORS.test(path)) ? "Take the model that these belong to." : gguf !== void 0 ? `Take the model's original weights, or one file by name: hub:${repo}:${gguf}.` : weights.some((path) => /\.(bin|pth?)$/.test(path)) ? "Convert it at https://huggingface.co/spaces/safetensors/convert, or take another model." : `See ${pageOf(repository)} for what it holds.`;
	throw new HubError("NoSafetensorsError", `${repo}: expected ${SINGLE_NAME} or ${INDEX_NAME}, got ${here}. ${next}`);
}
function namesOf(paths) {
	const more = paths.length > 6 ? ` and ${paths.length - 6} more` : "";
	return paths.slice(0, 6).join(", ") + more;
}
/** Returns the bytes of the weights that the model is opened from. */
function weightBytes({ file }, { files }) {
	const named = file ?? (files.has("model.safetensors") ? "model.safetensors" : void 0);
	return (named === void 0 ? [...files.keys()].filter((path) => SHARD.test(path)) : [named]).reduce((sum, path) => sum + (files.get(path) ?? 0), 0);
}
// src/checkpoint/hub/hub-files.ts
/** Requests at the same time; browsers allow six to a host. */
var REQUESTS = 6;
/** The files of a repository on a Hub, without those in folders; or one of them, if the repository names it. */
var HubFiles = class {
	name;
	transfer = new Transfer();
	#repository;
	#options;
	#turns = new Turns(REQUESTS);
	#sources = /* @__PURE__ */ new Map();
	#listing;
	#noticed = false;
	constructor(repository, options = {}) {
		this.name = repository.repo;
		this.#repository = repository;
		this.#options = options;
	}
	/**
	* Returns what the repository holds, requested once. A commit that was opened before needs no request; without a connection
	* what was noted at the last opening is used.
	* @throws HubError, SourceError or CheckpointError as `readListing`; HubError if there are no safetensors.
	*/
	async listing(signal) {
		this.#listing ??= this.#resolve(signal);
		try {
			return await this.#listing;
		} catch (error) {
			this.#listing = void 0;
			throw error;
		}
	}
	async open(name, signal) {
		const listing = await this.listing(signal);
		if (!openable(this.#repository, listing).includes(name)) return void 0;
		const opened = this.#sources.get(name);
		if (opened !== void 0) return opened;
		const far = await this.#far(listing, name, signal);
		if (far === void 0) return void 0;
		const kept = this.#options.kept?.file(this.#repository, listing.sha, name, (cause) => this.#notKept(cause));
		const source = new HubSource(far, kept, this.#turns);
		this.#sources.set(name, source);
		return source;
	}
	async list() {
		return openable(this.#repository, await this.listing());
	}
	async #resolve(signal) {
		const { kept } = this.#options;
		const noted = await kept?.noted(this.#repository).catch(() => void 0);
		const listing = noted !== void 0 && isCommit(this.#repository.revision) ? noted : await this.#ask(noted, signal);
		openable(this.#repository, listing);
		await kept?.note(this.#repository, listing).catch((cause) => this.#notKept(cause));
		return listing;
	}
	/** Requests the listing; returns the noted one if the Hub does not answer. */
	async #ask(noted, signal) {
		try {
			return await readListing(this.#repository, this.#requests, signal);
		} catch (error) {
			if (noted === void 0 || !(error instanceof TransientError)) throw error;
			const { endpoint, repo, revision } = this.#repository;
			this.#options.onNotice?.(`${endpoint} does not answer. ${repo} is opened as it was kept, at commit ${noted.sha.slice(0, 8)}; whether ${revision} has moved since is not known.`);
			return noted;
		}
	}
	/** A file in the repository. A mirror that does not say its size is asked for it. */
	async #far({ sha, files }, name, signal) {
		const url = fileUrl(this.#repository, sha, name);
		const size = files.get(name);
		return size === void 0 ? UrlSource.open(name, url, this.#requests, signal) : UrlSource.known(name, url, this.#requests, size);
	}
	get #requests() {
		return {
			token: this.#repository.token,
			transfer: this.transfer,
			stallMs: this.#options.stallMs,
			refusalOf: (response) => hubRefusal(this.#repository, response)
		};
	}
	/** Says once that nothing can be kept. */
	#notKept(cause) {
		if (this.#noticed) return;
		this.#noticed = true;
		const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
		this.#options.onNotice?.(`What is read of ${this.name} cannot be kept (${reason}); it is read again on the next visit. Free some space to keep it.`);
	}
};
// src/checkpoint/hub/kept-file.ts
/** The ranges of one file that are kept, each in a file of its own. Never throws: what fails is not kept. */
var KeptFile = class {
	#folders;
	#folder;
	#onFailure;
	#pieces = [];
	#loading;
	#failed = false;
	constructor(folders, folder, onFailure) {
		this.#folders = folders;
		this.#folder = folder;
		this.#onFailure = onFailure;
	}
	/** Finds out what is kept; to be awaited before the first question. */
	load() {
		this.#loading ??= this.#list();
		return this.#loading;
	}
	/** Returns the kept range with the byte at `offset`. */
	pieceAt(offset) {
		return this.#pieces.find(({ start, bytes }) => start <= offset && offset < start + bytes);
	}
	/** Returns the first kept byte after `offset`; Infinity if there is none. */
	nextAfter(offset) {
		return Math.min(Infinity, ...this.#pieces.map(({ start }) => start).filter((start) => start > offset));
	}
	/** Returns bytes of a kept range from `offset` on, at most `length`; undefined, and forgets the range, if they are not there. */
	async read(piece, offset, length) {
		const wanted = Math.min(length, piece.start + piece.bytes - offset);
		try {
			const bytes = await this.#folders.read(this.#path(piece), offset - piece.start, wanted);
			if (bytes?.byteLength === wanted) return bytes;
		} catch (cause) {
			this.#fail(cause);
		}
		this.#pieces = this.#pieces.filter((each) => each !== piece);
	}
	/** Keeps a range. @returns false if it is not kept. */
	async write(start, bytes) {
		if (this.#failed) return false;
		const piece = {
			start,
			bytes: bytes.byteLength
		};
		try {
			await this.#folders.write(this.#path(piece), bytes);
			this.#pieces.push(piece);
			return true;
		} catch (cause) {
			this.#fail(cause);
			return false;
		}
	}
	#path({ start, bytes }) {
		return `${this.#folder}/${start}-${bytes}`;
	}
	/** Lists the ranges; files that are not as long as their names say are left out. */
	async #list() {
		try {
			for (const { name, size } of await this.#folders.list(this.#folder)) {
				const [, start, bytes] = /^(\d+)-(\d+)$/.exec(name) ?? [];
				if (bytes !== void 0 && Number(bytes) === size) this.#pieces.push({
					start: Number(start),
					bytes: size
				});
			}
		} catch (cause) {
			this.#fail(cause);
		}
	}
	#fail(cause) {
		this.#failed = true;
		this.#onFailure(cause);
	}
};
// src/checkpoint/hub/kept-models.ts
var ABOUT = "model.json";
var MAX_ABOUT_BYTES = 64 * 2 ** 20;
/**
* Parts of models from Hubs, kept by commit: `<endpoint@owner@name@sha>/<file>/<first byte>-<bytes>`, beside model.json with the
* listing. A file that is shorter than its name says is not used. Two endpoints never share a folder, so that no server can put
* bytes under another's name. If anything fails the model is read from the network as without a store.
*/
var KeptModels = class {
	#folders;
	constructor(folders) {
		this.#folders = folders;
	}
	/** Returns one file of a model at a commit. `onFailure` is called if the store fails. */
	file(repository, sha, name, onFailure) {
		const folder = `${idOf(repository, sha)}/${encodeURIComponent(name)}`;
		return new KeptFile(this.#folders, folder, onFailure);
	}
	/** Notes that a model was opened now, with what the Hub said of it. */
	async note(repository, listing) {
		const { revision, file } = repository;
		const { sha, files, gated, licence } = listing;
		const siblings = [...files].map(([rfilename, size]) => ({
			rfilename,
			size
		}));
		const cardData = licence === void 0 ? {} : { license: licence };
		const about = {
			revision,
			file,
			used: Date.now(),
			sha,
			siblings,
			gated,
			cardData
		};
		const bytes = new TextEncoder().encode(JSON.stringify(about));
		await this.#folders.write(`${idOf(repository, sha)}/${ABOUT}`, bytes);
	}
	/** Returns the listing that was noted last for this revision; undefined if there is none. */
	async noted({ endpoint, repo, revision }) {
		return (await this.#all()).filter(({ model: kept }) => kept.endpoint === endpoint && kept.repo === repo).find(({ model: kept }) => kept.revision === revision || kept.sha === revision)?.listing;
	}
	/** Lists what is kept, the last used first. */
	async list() {
		return (await this.#all()).map(({ model }) => model);
	}
	/** Frees one model, or all. */
	async free(id) {
		const folders = id === void 0 ? (await this.#folders.list("")).map(({ name }) => name) : [id];
		for (const folder of folders) await this.#folders.remove(folder);
	}
	/** Returns how many more bytes may be kept, if that is known. */
	async room() {
		return this.#folders.free();
	}
	async #all() {
		const found = [];
		for (const { name: id, isFolder } of await this.#folders.list("")) {
			const named = isFolder ? partsOf(id) : void 0;
			if (named === void 0) continue;
			const files = (await this.#folders.list(id)).filter((entry) => entry.isFolder);
			const bytes = (await Promise.all(files.map(({ name }) => this.#folders.list(`${id}/${name}`)))).flat().reduce((sum, { size }) => sum + size, 0);
			const { about, listing } = await this.#about(id) ?? {};
			found.push({
				model: {
					id,
					revision: named.sha,
					...about,
					...named,
					bytes
				},
				...listing === void 0 ? {} : { listing }
			});
		}
		return found.toSorted((a, b) => (b.model.used ?? 0) - (a.model.used ?? 0));
	}
	/** Returns a model's note; undefined if there is none that can be read. */
	async #about(id) {
		const bytes = await this.#folders.read(`${id}/${ABOUT}`, 0, MAX_ABOUT_BYTES);
		if (bytes === void 0) return void 0;
		try {
			const data = JSON.parse(new TextDecoder().decode(bytes));
			const { revision, file, used } = isRecord(data) ? data : {};
			return {
				about: {
					revision: String(revision),
					used: Number(used),
					...typeof file === "string" ? { file } : {}
				},
				listing: parseListing(data, ABOUT)
			};
		} catch {
			return;
		}
	}
};
/** Name of a model's folder: no part of it has an `@` of its own. */
var idOf = ({ endpoint, repo }, sha) => [...[endpoint, ...repo.split("/")].map(encodeURIComponent), sha].join("@");
/** Reads what `idOf` wrote; undefined for any other name. */
function partsOf(id) {
	const [, endpoint = "", owner, name, sha] = /^([^@]+)@([^@]+)@([^@]+)@([0-9a-f]{40})$/.exec(id) ?? [];
	if (sha === void 0) return void 0;
	try {
		return {
			endpoint: decodeURIComponent(endpoint),
			repo: `${owner}/${name}`,
			sha
		};
	} catch {
		return;
	}
}
// src/engine/models/hub.ts
/** Returns the files of a model on a Hub. `onNotice` receives what the user should know while they are read. */
async function hubFiles(environment, source, onNotice) {
	return new HubFiles(repositoryOf(source), {
		kept: await keptModels(environment),
		onNotice
	});
}
/** Finds a model, reads its headers and says what opening it takes. */
var lookUp = async (environment, { source }, { signal, emit }) => {
	const files = await hubFiles(environment, source, (text) => emit({
		type: "notice",
		text
	}));
	const stop = followDownloads(files.transfer, emit);
	try {
		const { checkpoint, config, info } = await OpenModel.open(files, signal);
		const listing = await files.listing(signal);
		const repository = repositoryOf(source);
		const q = checkpoint.tensors.get(blockTensorName(config, 0, "self_attn.q_proj.weight"));
		const { repo, revision } = repository;
		const { architecture, layers, parameters } = info;
		return {
			repo,
			revision,
			sha: listing.sha,
			page: pageOf(repository),
			...listing.licence === void 0 ? {} : { licence: listing.licence },
			gated: listing.gated,
			architecture,
			layers,
			parameters,
			weightBytes: weightBytes(repository, listing),
			...q ? { firstBytes: 2 * q.bytes } : {}
		};
	} finally {
		stop();
	}
};
/** Lists what is kept. @throws RequestError if the store cannot be read. */
var kept = async (environment) => {
	try {
		return await summary(await keptModels(environment));
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
		throw new RequestError(`expected to read what is kept of models, got ${reason}. Allow this program to store data here; without a store models still open.`, { cause });
	}
};
/** Frees what is kept of one model, or of all. */
var freeKept = async (environment, { id }) => {
	const models = await keptModels(environment);
	if (id !== null && !(await models.list()).some((model) => model.id === id)) throw new RequestError(`expected the id of a model that is kept, got ${JSON.stringify(id)}. List them again.`);
	await models.free(id ?? void 0);
	return summary(models);
};
async function summary(kept) {
	const models = await kept.list();
	const free = await kept.room();
	return {
		models,
		bytes: models.reduce((sum, model) => sum + model.bytes, 0),
		...free === void 0 ? {} : { free }
	};
}
var keptModels = async (environment) => new KeptModels(await environment.keptFolders());
var repositoryOf = ({ repo, revision, file, endpoint = HUB_ENDPOINT, token }) => ({
	endpoint,
	repo,
	revision,
	file,
	token
});
export { freeKept, hubFiles, kept, lookUp };

//# sourceMappingURL=hub-DXUB9zwA.mjs.map