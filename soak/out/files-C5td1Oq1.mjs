import { i as CheckpointError, n as decode, t as bytesPerValue } from "./dtype-B4pdtvg3.mjs";
import { c as show, l as refusePointerOrPage, t as byteLength } from "./header-XFeQ-0Eu.mjs";
import { U as MemorySource, Z as checkRange } from "./cycles.mjs";
// src/checkpoint/gguf/fields.ts
var json = (value) => JSON.stringify(value);
/** Writes a number as Python writes a float: with a point or an exponent. */
function float(value) {
	const text = String(value);
	return /[.e]/.test(text) ? text : `${text}.0`;
}
/** Writes a JSON object of written fields. */
var object = (fields) => `{${Object.entries(fields).map(([name, value]) => `\n  ${json(name)}: ${value}`).join(",")}\n}`;
// src/checkpoint/gguf/architectures.ts
var BEFORE = {
	attn_norm: "input_layernorm",
	ffn_norm: "post_attention_layernorm"
};
var QUERY_KEY = {
	attn_q_norm: "self_attn.q_norm",
	attn_k_norm: "self_attn.k_norm"
};
var AFTER = {
	post_attention_norm: "post_attention_layernorm",
	post_ffw_norm: "post_feedforward_layernorm"
};
var SANDWICH = {
	attn_norm: "input_layernorm",
	ffn_norm: "pre_feedforward_layernorm",
	...AFTER
};
var llama = {
	interleaved: true,
	normShift: 0,
	norms: BEFORE
};
var gemma = {
	interleaved: false,
	normShift: 1,
	norms: SANDWICH,
	activation: ["hidden_activation", "gelu_pytorch_tanh"]
};
/** Architectures of GGUF files, as llama.cpp's converter writes them. */
var GGUF_ARCHITECTURES = [
	{
		...llama,
		name: "llama",
		className: "LlamaForCausalLM",
		modelType: "llama"
	},
	{
		...llama,
		name: "smollm3",
		className: "SmolLM3ForCausalLM",
		modelType: "smollm3",
		fields: (metadata) => ({ no_rope_layers: json(perBlock(metadata, (index) => index % 4 === 3 ? 0 : 1)) })
	},
	{
		...llama,
		name: "granite",
		className: "GraniteForCausalLM",
		modelType: "granite",
		fields: (metadata) => ({
			attention_multiplier: float(metadata.positive("attention.scale")),
			embedding_multiplier: float(metadata.positive("embedding_scale", 1)),
			residual_multiplier: float(metadata.positive("residual_scale", 1)),
			logits_scaling: float(metadata.positive("logit_scale", 1))
		})
	},
	{
		name: "qwen2",
		className: "Qwen2ForCausalLM",
		modelType: "qwen2",
		interleaved: false,
		normShift: 0,
		norms: BEFORE,
		noBiasFlags: true
	},
	{
		name: "qwen3",
		className: "Qwen3ForCausalLM",
		modelType: "qwen3",
		interleaved: false,
		normShift: 0,
		norms: {
			...BEFORE,
			...QUERY_KEY
		}
	},
	{
		name: "olmo2",
		className: "Olmo2ForCausalLM",
		modelType: "olmo2",
		interleaved: false,
		normShift: 0,
		norms: {
			...QUERY_KEY,
			...AFTER
		}
	},
	{
		...gemma,
		name: "gemma2",
		className: "Gemma2ForCausalLM",
		modelType: "gemma2",
		fields: (metadata) => ({
			query_pre_attn_scalar: json(gemmaScalar(metadata, 46)),
			attn_logit_softcapping: float(metadata.positive("attn_logit_softcapping", 50)),
			final_logit_softcapping: float(metadata.positive("final_logit_softcapping", 30)),
			sliding_window: json(metadata.count("attention.sliding_window", 4096)),
			layer_types: json(perBlock(metadata, (index) => layerType(index % 2 === 0)))
		})
	},
	{
		...gemma,
		name: "gemma3",
		className: "Gemma3ForCausalLM",
		modelType: "gemma3_text",
		norms: {
			...SANDWICH,
			...QUERY_KEY
		},
		fields: (metadata) => ({
			query_pre_attn_scalar: json(gemmaScalar(metadata, 62)),
			rope_local_base_freq: float(metadata.positive("rope.freq_base_swa", 1e4)),
			sliding_window: json(metadata.count("attention.sliding_window")),
			layer_types: json(perBlock(metadata, (index) => layerType(index % 6 !== 5)))
		})
	}
];
var perBlock = (metadata, entry) => Array.from({ length: metadata.blocks() }, (_, index) => entry(index));
var layerType = (sliding) => sliding ? "sliding_attention" : "full_attention";
/** Not in the file: llama.cpp takes the head's width, but for the 27B models, which it knows by their depth. */
var gemmaScalar = (metadata, blocksOfLargest) => metadata.blocks() === blocksOfLargest ? metadata.count("embedding_length") / metadata.count("attention.head_count") : metadata.headDim();
// src/checkpoint/gguf/names.ts
var OUTER = {
	token_embd: "model.embed_tokens",
	output_norm: "model.norm",
	output: "lm_head"
};
var IN_BLOCK = {
	attn_q: "self_attn.q_proj",
	attn_k: "self_attn.k_proj",
	attn_v: "self_attn.v_proj",
	attn_output: "self_attn.o_proj",
	ffn_gate: "mlp.gate_proj",
	ffn_up: "mlp.up_proj",
	ffn_down: "mlp.down_proj"
};
/** Per rotary pair, by what llama3 scaling divides its frequency; goes into config.json. */
var ROPE_FREQUENCIES = "rope_freqs.weight";
/**
* Returns the name that transformers gives a tensor of a GGUF file; undefined for `rope_freqs.weight`, which is no weight.
* @throws CheckpointError if the architecture has no such tensor.
*/
function hubName(file, name, architecture) {
	if (name === "rope_freqs.weight") return void 0;
	const [, block, part = "", kind] = /^(?:blk\.(\d+)\.)?([a-z_]+)\.(weight|bias)$/.exec(name) ?? [];
	const names = block === void 0 ? OUTER : {
		...IN_BLOCK,
		...architecture.norms
	};
	const found = Object.hasOwn(names, part) ? names[part] : void 0;
	if (found === void 0 || kind === void 0) throw new CheckpointError(`${file}: expected only tensors of ${architecture.className}, got ${show(name)}. Take a file of a dense model, converted by llama.cpp without fusing tensors.`);
	return `${block === void 0 ? "" : `model.layers.${block}.`}${found}.${kind}`;
}
// src/checkpoint/gguf/config.ts
/** Parameters of llama3 scaling that all models with it share; only the factor differs. */
var LLAMA3$1 = {
	low_freq_factor: 1,
	high_freq_factor: 4,
	original_max_position_embeddings: 8192
};
/**
* Returns config.json for a GGUF file, as transformers would write it.
* @throws CheckpointError if metadata are missing or say what cannot be written; SourceError from the source.
*/
async function configText(file, signal) {
	const { metadata, tensors, architecture } = file;
	const has = (name) => tensors.some((tensor) => tensor.name === name);
	const heads = metadata.count("attention.head_count");
	const embedding = tensors.find(({ name }) => name === "token_embd.weight");
	if (embedding === void 0) throw wrong(file, "a tensor token_embd.weight", `${tensors.length} others`);
	const [activationField, activation] = architecture.activation ?? ["hidden_act", "silu"];
	const biases = architecture.noBiasFlags ? {} : {
		attention_bias: json(has("blk.0.attn_q.bias")),
		mlp_bias: json(has("blk.0.ffn_up.bias"))
	};
	return object({
		architectures: json([architecture.className]),
		model_type: json(architecture.modelType),
		vocab_size: json(embedding.shape[0]),
		hidden_size: json(metadata.count("embedding_length")),
		intermediate_size: json(metadata.count("feed_forward_length")),
		num_hidden_layers: json(metadata.blocks()),
		num_attention_heads: json(heads),
		num_key_value_heads: json(metadata.count("attention.head_count_kv", heads)),
		head_dim: json(metadata.headDim()),
		[activationField]: json(activation),
		max_position_embeddings: json(metadata.count("context_length")),
		rms_norm_eps: float(metadata.positive("attention.layer_norm_rms_epsilon")),
		rope_theta: float(metadata.positive("rope.freq_base", 1e4)),
		rope_scaling: await ropeScaling(file, signal),
		tie_word_embeddings: json(!has("output.weight")),
		...biases,
		...architecture.fields?.(metadata),
		...tokenIds(metadata),
		torch_dtype: json(DTYPES[embedding.format.dtype])
	});
}
var DTYPES = {
	F32: "float32",
	F16: "float16",
	BF16: "bfloat16"
};
/** Returns generation_config.json. */
function generationConfigText(metadata) {
	return object({
		_from_model_config: json(true),
		...tokenIds(metadata)
	});
}
function tokenIds(metadata) {
	const id = (name) => {
		const value = metadata.get(`tokenizer.ggml.${name}_token_id`);
		return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : void 0;
	};
	const [bos, eos, turn, pad] = [
		id("bos"),
		id("eos"),
		id("eot"),
		id("padding")
	];
	const ends = [eos, turn].filter((end, index, all) => end !== void 0 && all.indexOf(end) === index);
	return {
		...bos === void 0 ? {} : { bos_token_id: json(bos) },
		...ends.length === 0 ? {} : { eos_token_id: json(ends.length === 1 ? ends[0] : ends) },
		...pad === void 0 ? {} : { pad_token_id: json(pad) }
	};
}
async function ropeScaling(file, signal) {
	const { metadata, tensors } = file;
	const width = metadata.count("rope.dimension_count", metadata.headDim());
	if (width !== metadata.headDim()) throw wrong(file, `rotary embedding over whole heads of ${metadata.headDim()}`, `over ${width}`);
	const frequencies = tensors.find(({ name }) => name === ROPE_FREQUENCIES);
	if (frequencies !== void 0) return llama3Scaling(file, frequencies, signal);
	const type = metadata.own("rope.scaling.type") ?? (metadata.has("rope.scale_linear") ? "linear" : "none");
	switch (type) {
		case "none": return "null";
		case "linear": {
			const factor = metadata.positive("rope.scaling.factor", metadata.positive("rope.scale_linear", 1));
			return factor === 1 ? "null" : object({
				rope_type: json("linear"),
				factor: float(factor)
			});
		}
		case "yarn": {
			const given = [
				["attention_factor", "rope.scaling.yarn_attn_factor"],
				["beta_fast", "rope.scaling.yarn_beta_fast"],
				["beta_slow", "rope.scaling.yarn_beta_slow"]
			].filter(([, key]) => metadata.has(key));
			return object({
				rope_type: json("yarn"),
				factor: float(metadata.positive("rope.scaling.factor")),
				original_max_position_embeddings: json(metadata.count("rope.scaling.original_context_length")),
				...Object.fromEntries(given.map(([name, key]) => [name, float(metadata.positive(key))]))
			});
		}
		default: throw wrong(file, "rope.scaling.type none, linear or yarn", type);
	}
}
/** Finds the factor of llama3 scaling from what each frequency is divided by, and checks that it explains all of them. */
async function llama3Scaling({ source, metadata, tensors, architecture }, tensor, signal) {
	const file = {
		source,
		metadata,
		tensors,
		architecture
	};
	if (tensor.format.name !== "F32") throw wrong(file, `${tensor.name} in F32`, tensor.format.name);
	const divisors = decode(await source.read(tensor.offset, tensor.bytes, signal), "F32");
	const factor = divisors.reduce((most, divisor) => Math.max(most, divisor), 1);
	const theta = metadata.positive("rope.freq_base", 1e4);
	const headDim = metadata.headDim();
	const expected = Array.from({ length: headDim / 2 }, (_, pair) => {
		const turns = LLAMA3$1.original_max_position_embeddings * theta ** (-2 * pair / headDim) / (2 * Math.PI);
		const { low_freq_factor: low, high_freq_factor: high } = LLAMA3$1;
		const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
		return 1 / ((1 - share) / factor + share);
	});
	if (!(divisors.length === expected.length && expected.every((divisor, pair) => Math.abs((divisors[pair] ?? 0) / divisor - 1) < .001))) throw wrong(file, `${tensor.name} to be llama3 scaling of a context of ${LLAMA3$1.original_max_position_embeddings}`, `other divisors up to ${factor}`);
	return object({
		rope_type: json("llama3"),
		factor: float(factor),
		low_freq_factor: float(LLAMA3$1.low_freq_factor),
		high_freq_factor: float(LLAMA3$1.high_freq_factor),
		original_max_position_embeddings: json(LLAMA3$1.original_max_position_embeddings)
	});
}
var wrong = ({ source }, expected, got) => new CheckpointError(`${source.name}: expected ${expected}, got ${got}. Take the model's safetensors files instead.`);
// src/checkpoint/gguf/formats.ts
/** All float16 values by their bits. */
var HALVES = decode(new Uint8Array(Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).buffer), "F16");
/** Reads a little-endian 16-bit word; bytes after the end are 0. */
var word = (from, at) => (from[at] ?? 0) | (from[at + 1] ?? 0) << 8;
var half = (from, at) => HALVES[word(from, at)] ?? 0;
var signed = (byte) => byte << 24 >> 24;
/**
* The formats that are read, decoded as llama.cpp does (ggml-org/llama.cpp:ggml/src/ggml-quants.c). Numbers are rounded to
* float32 once, when they are stored, and that is exactly what float32 arithmetic gives: products of a float16 scale and
* small integers have at most 24 significant bits, but in Q6_K, where the product is the last operation.
*/
var FORMATS = [
	{
		name: "F32",
		type: 0,
		values: 1,
		bytes: 4,
		dtype: "F32"
	},
	{
		name: "F16",
		type: 1,
		values: 1,
		bytes: 2,
		dtype: "F16"
	},
	{
		name: "BF16",
		type: 30,
		values: 1,
		bytes: 2,
		dtype: "BF16"
	},
	fourOrFiveBits({
		name: "Q4_0",
		type: 2,
		minimum: false,
		fifth: false
	}),
	fourOrFiveBits({
		name: "Q4_1",
		type: 3,
		minimum: true,
		fifth: false
	}),
	fourOrFiveBits({
		name: "Q5_0",
		type: 6,
		minimum: false,
		fifth: true
	}),
	fourOrFiveBits({
		name: "Q5_1",
		type: 7,
		minimum: true,
		fifth: true
	}),
	{
		name: "Q8_0",
		type: 8,
		values: 32,
		bytes: 34,
		dtype: "F32",
		decode(from, at, to, out) {
			const scale = half(from, at);
			for (let i = 0; i < 32; i++) to[out + i] = scale * signed(from[at + 2 + i] ?? 0);
		}
	},
	superBlock({
		name: "Q4_K",
		type: 12,
		fifth: false
	}),
	superBlock({
		name: "Q5_K",
		type: 13,
		fifth: true
	}),
	{
		name: "Q6_K",
		type: 14,
		values: 256,
		bytes: 210,
		dtype: "F32",
		decode(from, at, to, out) {
			const scale = half(from, at + 208);
			for (let i = 0; i < 256; i++) {
				const [side, rest] = [i >> 7, i & 127];
				const low = (from[at + 64 * side + (rest & 63)] ?? 0) >> (rest < 64 ? 0 : 4) & 15;
				const high = (from[at + 128 + 32 * side + (rest & 31)] ?? 0) >> 2 * (rest >> 5) & 3;
				const part = signed(from[at + 192 + (i >> 4)] ?? 0);
				to[out + i] = scale * part * ((low | high << 4) - 32);
			}
		}
	}
];
/** 32 values q · scale + minimum, or (q − half range) · scale; fifth bits stand together before the nibbles. */
function fourOrFiveBits(kind) {
	const { name, type, minimum, fifth } = kind;
	const bits = minimum ? 4 : 2;
	const nibbles = bits + (fifth ? 4 : 0);
	const zero = fifth ? 16 : 8;
	return {
		name,
		type,
		values: 32,
		bytes: nibbles + 16,
		dtype: "F32",
		decode(from, at, to, out) {
			const scale = half(from, at);
			const least = half(from, at + 2);
			const highs = fifth ? word(from, at + bits) | word(from, at + bits + 2) << 16 : 0;
			for (let i = 0; i < 32; i++) {
				const byte = from[at + nibbles + (i & 15)] ?? 0;
				const q = (i < 16 ? byte & 15 : byte >> 4) | (highs >>> i & 1) << 4;
				to[out + i] = minimum ? q * scale + least : (q - zero) * scale;
			}
		}
	};
}
/** 256 values in 8 parts with a 6-bit scale and minimum each. */
function superBlock(kind) {
	const { name, type, fifth } = kind;
	const nibbles = fifth ? 48 : 16;
	return {
		name,
		type,
		values: 256,
		bytes: nibbles + 128,
		dtype: "F32",
		decode(from, at, to, out) {
			const [scale, least] = [half(from, at), half(from, at + 2)];
			for (let part = 0; part < 8; part++) {
				const [six, sixLeast] = partScale(from, at + 4, part);
				for (let i = 0; i < 32; i++) {
					const byte = from[at + nibbles + 32 * (part >> 1) + i] ?? 0;
					const high = fifth ? ((from[at + 16 + i] ?? 0) >> part & 1) << 4 : 0;
					const q = ((part & 1) === 0 ? byte & 15 : byte >> 4) | high;
					to[out + 32 * part + i] = scale * six * q - least * sixLeast;
				}
			}
		}
	};
}
/** Unpacks the scale and minimum of one part: twelve bytes hold sixteen 6-bit numbers. */
function partScale(from, at, part) {
	const byte = (index) => from[at + index] ?? 0;
	if (part < 4) return [byte(part) & 63, byte(part + 4) & 63];
	const low = byte(part + 4);
	return [low & 15 | byte(part - 4) >> 2 & 48, low >> 4 | byte(part) >> 2 & 48];
}
/** Names of formats that are not read, by `ggml_type`. */
var OTHER_NAMES = {
	9: "Q8_1",
	10: "Q2_K",
	11: "Q3_K",
	15: "Q8_K",
	16: "IQ2_XXS",
	17: "IQ2_XS",
	18: "IQ3_XXS",
	19: "IQ1_S",
	20: "IQ4_NL",
	21: "IQ3_S",
	22: "IQ2_S",
	23: "IQ4_XS",
	29: "IQ1_M",
	34: "TQ1_0",
	35: "TQ2_0",
	39: "MXFP4"
};
/** Returns the format of a `ggml_type`, or only a name for one that is not read. */
function formatOf(type) {
	return FORMATS.find((known) => known.type === type) ?? { name: OTHER_NAMES[type] ?? `type ${type}` };
}
// src/checkpoint/gguf/reader.ts
var AGAIN = "The file is damaged or not complete: fetch it again.";
var MAX_NESTING = 4;
/** The header continues after the bytes read so far. */
var Short = class extends Error {};
/** Reads the values of a header one after the other. */
var Reader = class {
	at = 0;
	size;
	#source;
	#bytes;
	#view;
	#decoder = new TextDecoder("utf-8", {
		fatal: true,
		ignoreBOM: true
	});
	constructor(source, bytes) {
		this.size = source.size;
		this.#source = source;
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}
	/** @throws Short if the bytes are still to be read. */
	take(length) {
		return this.#bytes.subarray(this.#advance(length), this.at);
	}
	u32() {
		return this.#view.getUint32(this.#advance(4), true);
	}
	/** Returns a number that is not exact above 2⁵³. */
	u64() {
		return Number(this.#view.getBigUint64(this.#advance(8), true));
	}
	text() {
		const bytes = this.take(this.u64());
		try {
			return this.#decoder.decode(bytes);
		} catch {
			return this.fail(`expected UTF-8 text, got other bytes before ${this.at}. ${AGAIN}`);
		}
	}
	/** Reads how many entries of at least `least` bytes follow. */
	count(least, what) {
		const count = this.u64();
		const most = Math.floor((this.size - this.at) / least);
		if (count > most) this.fail(`expected at most ${most} ${what}, got ${count}. ${AGAIN}`);
		return count;
	}
	/** @param type a `gguf_metadata_value_type`. */
	value(type, nesting) {
		switch (type) {
			case 4: return this.u32();
			case 8: return this.text();
			case 9: return this.#array(nesting);
			case 10: return this.u64();
			case 11: return Number(this.#view.getBigInt64(this.#advance(8), true));
		}
		const value = this.#numbers(type, 1)?.[0];
		if (value === void 0) return this.fail(`expected metadata of types 0 to 12, got type ${type}. ${AGAIN}`);
		if (type === 7) return value !== 0;
		return type === 6 ? shortest(value) : value;
	}
	#array(nesting) {
		if (nesting === MAX_NESTING) this.fail(`expected arrays in at most ${MAX_NESTING} arrays, got more. ${AGAIN}`);
		const type = this.u32();
		const count = this.count(LEAST_BYTES[type] ?? 1, "entries of an array");
		return this.#numbers(type, count) ?? Array.from({ length: count }, () => this.value(type, nesting + 1));
	}
	/** Reads numbers of a fixed size; returns undefined for other types and 64-bit integers. */
	#numbers(type, count) {
		const Kind = NUMBER_ARRAYS[type];
		if (Kind === void 0) return void 0;
		return new Kind(this.take(count * Kind.BYTES_PER_ELEMENT).slice().buffer);
	}
	fail(problem) {
		throw new CheckpointError(`${this.#source.name}: ${problem}`);
	}
	/** Returns the position before advancing. */
	#advance(length) {
		if (!(length <= this.size - this.at)) this.fail(`expected ${length} bytes at ${this.at}, got a file of ${this.size}. ${AGAIN}`);
		if (this.at + length > this.#bytes.byteLength) throw new Short();
		this.at += length;
		return this.at - length;
	}
};
/** By `gguf_metadata_value_type`; 7 is a truth value of one byte. Typed arrays are little-endian wherever WebAssembly is. */
var NUMBER_ARRAYS = {
	0: Uint8Array,
	1: Int8Array,
	2: Uint16Array,
	3: Int16Array,
	4: Uint32Array,
	5: Int32Array,
	6: Float32Array,
	7: Uint8Array,
	12: Float64Array
};
/** Least bytes of an entry, by type. */
var LEAST_BYTES = {
	...Object.fromEntries(Object.entries(NUMBER_ARRAYS).map(([type, kind]) => [type, kind.BYTES_PER_ELEMENT])),
	8: 8,
	9: 12,
	10: 8,
	11: 8
};
/** Returns the shortest decimal number that is `value` in float32: 1e-5, not 9.999999747378752e-6. */
function shortest(value) {
	for (let digits = 1; digits < 9; digits++) {
		const candidate = Number(value.toPrecision(digits));
		if (Math.fround(candidate) === value) return candidate;
	}
	return value;
}
// src/checkpoint/gguf/header.ts
/** A vocabulary of 262,144 tokens takes about 8 MB. */
var MAX_HEADER_BYTES = 64 * 2 ** 20;
var FIRST_BYTES = 2 ** 20;
var MAX_DIMENSIONS = 4;
/**
* Reads and checks the header of a GGUF file, version 2 or 3, little-endian: metadata, then a list of tensors.
* Source: ggml-org/ggml:docs/gguf.md. Counts and lengths are compared with the file's size before anything is made of them.
* @throws CheckpointError naming the file and the problem; SourceError from the source.
*/
async function readGgufHeader(source, signal) {
	const most = Math.min(source.size, MAX_HEADER_BYTES);
	let bytes = /* @__PURE__ */ new Uint8Array(0);
	for (let length = Math.min(FIRST_BYTES, most);; length = Math.min(4 * length, most)) {
		const grown = new Uint8Array(length);
		grown.set(bytes);
		grown.set(await source.read(bytes.byteLength, length - bytes.byteLength, signal), bytes.byteLength);
		bytes = grown;
		try {
			return parse(source, bytes);
		} catch (error) {
			if (!(error instanceof Short)) throw error;
			if (length < most) continue;
			throw new CheckpointError(`${source.name}: expected a header of at most ${most} bytes, got one that goes on. ${AGAIN}`);
		}
	}
}
function parse(source, bytes) {
	refusePointerOrPage(source.name, bytes.subarray(0, 8), "a GGUF file");
	const reader = new Reader(source, bytes);
	const magic = reader.take(4);
	if (String.fromCharCode(...magic) !== "GGUF") reader.fail(`expected a file that starts with GGUF, got bytes ${magic.join(" ")}. ${AGAIN}`);
	const version = reader.u32();
	if (version !== 2 && version !== 3) {
		const came = version % 2 ** 16 === 0 ? "a big-endian file" : `version ${version}`;
		reader.fail(`expected GGUF version 2 or 3, little-endian, got ${came}. Convert the model again with a current llama.cpp.`);
	}
	const tensorCount = reader.count(24, "tensors");
	const metadata = /* @__PURE__ */ new Map();
	for (let left = reader.count(13, "metadata"); left > 0; left--) {
		const key = reader.text();
		if (metadata.has(key)) reader.fail(`expected every key once, got ${show(key)} twice. ${AGAIN}`);
		metadata.set(key, reader.value(reader.u32(), 0));
	}
	const entries = Array.from({ length: tensorCount }, () => tensorEntry(reader));
	const alignment = alignmentOf(reader, metadata.get("general.alignment") ?? 32);
	const dataStart = Math.ceil(reader.at / alignment) * alignment;
	const tensors = entries.map(({ offset, ...entry }) => ({
		...entry,
		offset: dataStart + offset
	}));
	checkPlaces(reader, tensors, dataStart, alignment);
	return {
		metadata,
		tensors
	};
}
function alignmentOf(reader, value) {
	if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2 ** 20) return value;
	return reader.fail(`expected general.alignment to be a whole number, got ${show(value)}. ${AGAIN}`);
}
function tensorEntry(reader) {
	const name = reader.text();
	const what = `tensor ${show(name)}`;
	const dimensions = reader.u32();
	if (dimensions < 1 || dimensions > MAX_DIMENSIONS) reader.fail(`${what}: expected 1 to ${MAX_DIMENSIONS} dimensions, got ${dimensions}. ${AGAIN}`);
	const shape = Array.from({ length: dimensions }, () => reader.u64()).toReversed();
	const format = formatOf(reader.u32());
	if (!("values" in format)) {
		const names = FORMATS.map((known) => known.name).join(", ");
		reader.fail(`${what}: expected one of ${names}, got ${format.name}. Take a file of this model quantised in one of these.`);
	}
	const row = shape.at(-1) ?? 0;
	if (row % format.values !== 0) reader.fail(`${what}: expected rows of a multiple of ${format.values} values for ${format.name}, got ${row}. ${AGAIN}`);
	return {
		name,
		format,
		shape,
		bytes: byteLength(shape, 1) / format.values * format.bytes,
		offset: reader.u64()
	};
}
function checkPlaces(reader, tensors, dataStart, alignment) {
	const names = /* @__PURE__ */ new Set();
	let end = dataStart;
	for (const { name, offset, bytes } of [...tensors].sort((a, b) => a.offset - b.offset)) {
		const what = `tensor ${show(name)}`;
		if (names.has(name)) reader.fail(`expected every tensor once, got ${show(name)} twice. ${AGAIN}`);
		names.add(name);
		if (offset % alignment !== 0) reader.fail(`${what}: expected data at a multiple of ${alignment} bytes, got ${offset}. ${AGAIN}`);
		if (!(bytes > 0)) reader.fail(`${what}: expected values, got none. ${AGAIN}`);
		if (offset < end) reader.fail(`${what} overlaps the tensor before it. ${AGAIN}`);
		end = offset + bytes;
		if (!(end <= reader.size)) reader.fail(`${what}: expected data within ${reader.size} bytes, got an end at ${end}. ${AGAIN}`);
	}
}
// src/checkpoint/gguf/metadata.ts
/** More blocks than any model has; a larger number would make a config of unbounded length. */
var MAX_BLOCKS = 1024;
/** The metadata of a GGUF file, read by name and type. Keys without a dot before them are those of the file's architecture. */
var Metadata = class {
	#file;
	#values;
	constructor(file, values) {
		this.#file = file;
		this.#values = values;
	}
	/** As in `general.architecture`. */
	get architecture() {
		return this.text("general.architecture") ?? this.#wrong("general.architecture", "a name", void 0);
	}
	/** Returns a value by its whole key. */
	get(key) {
		return this.#values.get(key);
	}
	/** Returns a text by its whole key; undefined if there is none. @throws CheckpointError for any other value. */
	text(key) {
		const value = this.get(key);
		if (value === void 0 || typeof value === "string") return value;
		return this.#wrong(key, "a text", value);
	}
	/** Returns a truth value by its whole key; undefined if there is none. @throws CheckpointError for any other value. */
	flag(key) {
		const value = this.get(key);
		if (value === void 0 || typeof value === "boolean") return value;
		return this.#wrong(key, "true or false", value);
	}
	/** Returns a list of texts by its whole key; undefined if there is none. @throws CheckpointError for any other value. */
	texts(key) {
		const value = this.get(key);
		if (value === void 0) return void 0;
		if (Array.isArray(value) && value.every((text) => typeof text === "string")) return value;
		return this.#wrong(key, "a list of texts", value);
	}
	/** Returns numbers by their whole key; undefined if there are none. @throws CheckpointError for any other value. */
	numbers(key) {
		const value = this.get(key);
		if (value === void 0) return void 0;
		if (typeof value === "object" && !Array.isArray(value)) return value;
		return this.#wrong(key, "a list of numbers", value);
	}
	/** Returns a count of the architecture. @throws CheckpointError if it is missing without `fallback`, or not a count. */
	count(name, fallback) {
		const [key, value] = this.#own(name, fallback);
		if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
		return this.#wrong(key, "a whole number above 0", value);
	}
	/** Returns a number of the architecture. @throws CheckpointError if it is missing without `fallback`, or not above 0. */
	positive(name, fallback) {
		const [key, value] = this.#own(name, fallback);
		if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
		return this.#wrong(key, "a number above 0", value);
	}
	/** True if the architecture has this key. */
	has(name) {
		return this.#own(name, void 0)[1] !== void 0;
	}
	/** Returns a text of the architecture; undefined if there is none. */
	own(name) {
		return this.text(`${this.architecture}.${name}`);
	}
	blocks() {
		const count = this.count("block_count");
		return count <= MAX_BLOCKS ? count : this.#wrong("block_count", `at most ${MAX_BLOCKS}`, count);
	}
	headDim() {
		const width = this.count("embedding_length") / this.count("attention.head_count");
		const dimension = this.count("attention.key_length", width);
		const ofValues = this.count("attention.value_length", dimension);
		return ofValues === dimension ? dimension : this.#wrong("attention.value_length", `${dimension}`, ofValues);
	}
	#own(name, fallback) {
		const key = `${this.architecture}.${name}`;
		return [key, this.get(key) ?? fallback];
	}
	#wrong(key, expected, got) {
		const came = got === void 0 ? "nothing" : typeof got === "object" ? "a list" : show(got);
		throw new CheckpointError(`${this.#file}: expected ${key} to be ${expected}, got ${came}. Convert the model again with a current llama.cpp.`);
	}
};
// src/checkpoint/gguf/merges.ts
/**
* Returns the merges of a SentencePiece vocabulary, which only has scores: every way to part a token into two others, the best
* tokens first, or in their order without scores. Source: `generate_merges` of huggingface/transformers:src/transformers/tokenization_utils_base.py.
*/
function mergesOf(tokens, scores) {
	const ids = new Map(tokens.map((token, id) => [token, id]));
	const merges = [];
	for (const [id, token] of tokens.entries()) {
		const parts = [];
		for (let at = 0, cut = 0; cut < token.length; at = cut) {
			cut = at + ((token.codePointAt(at) ?? 0) > 65535 ? 2 : 1);
			const [left, right] = [token.slice(0, cut), token.slice(cut)];
			if (ids.has(left) && ids.has(right)) parts.push({
				left,
				right,
				score: scores?.[id] ?? -id
			});
		}
		const place = (text) => ids.get(text) ?? 0;
		parts.sort((a, b) => place(a.left) - place(b.left) || place(a.right) - place(b.right));
		merges.push(...parts);
	}
	const characters = (text) => [...text].length;
	merges.sort((a, b) => b.score - a.score || characters(b.left) - characters(a.left) || characters(b.right) - characters(a.right));
	return merges.map(({ left, right }) => [left, right]);
}
// src/checkpoint/gguf/pre-tokenizers.ts
var GPT2 = {
	splits: [],
	usesGpt2Words: true
};
var DIGITS = {
	...GPT2,
	splits: [{
		type: "Digits",
		individual_digits: true
	}]
};
/** Words, and at most `digits` digits together. */
var words = (digits) => ({
	splits: [{
		type: "Split",
		pattern: { Regex: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+` },
		behavior: "Isolated",
		invert: false
	}],
	usesGpt2Words: false
});
var THREE_DIGITS = words("\\p{N}{1,3}");
var LLAMA3 = {
	...THREE_DIGITS,
	ignoresMerges: true,
	addsBos: true
};
var QWEN2 = {
	...words("\\p{N}"),
	normalizer: { type: "NFC" }
};
/** By `tokenizer.ggml.pre`, as ggml-org/llama.cpp:src/llama-vocab.cpp has them. */
var PRE_TOKENIZERS = {
	"gpt-2": GPT2,
	olmo: GPT2,
	smollm: DIGITS,
	starcoder: DIGITS,
	refact: DIGITS,
	"command-r": DIGITS,
	"llama-bpe": LLAMA3,
	llama3: LLAMA3,
	"llama-v3": LLAMA3,
	dbrx: THREE_DIGITS,
	"smaug-bpe": THREE_DIGITS,
	qwen2: QWEN2,
	"deepseek-r1-qwen": QWEN2
};
// src/checkpoint/gguf/tokenizer.ts
/** `llama_token_type` of ggml-org/llama.cpp:include/llama.h. */
var UNKNOWN = 2;
var CONTROL = 3;
var USER_DEFINED = 4;
/** Says why no tokenizer.json can be made of the file's vocabulary; undefined if it can. */
function tokenizerProblem(metadata) {
	const of = (key) => metadata.get(`tokenizer.ggml.${key}`);
	const [model, pre, tokens, types] = [
		of("model"),
		of("pre"),
		of("tokens"),
		of("token_type")
	];
	if (model === void 0 || tokens === void 0) return "expected a vocabulary in the file, got none.";
	if (model !== "gpt2" && model !== "llama") return `expected a tokenizer of kind gpt2 or llama, got ${show(model)}.`;
	if (!isTexts(tokens)) return "expected tokenizer.ggml.tokens to be a list of texts, got another value.";
	if (!(types instanceof Int32Array || types instanceof Uint32Array) || types.length !== tokens.length) return `expected a type for each of ${tokens.length} tokens, got others.`;
	if (model === "gpt2" && !isTexts(of("merges"))) return "expected merges in the file, got none.";
	if (model === "gpt2" && preTokenizerOf(metadata) === void 0) return `expected tokenizer.ggml.pre among ${Object.keys(PRE_TOKENIZERS).join(", ")}, got ${show(pre)}.`;
	const scores = of("scores");
	if (model === "llama" && !(scores instanceof Float32Array && scores.length === tokens.length)) return `expected a score for each of ${tokens.length} tokens, got others.`;
}
/** Returns tokenizer.json. There must be no `tokenizerProblem`. */
function tokenizerText(metadata) {
	const bos = addsBos(metadata) ? specialToken(metadata, "bos") : void 0;
	const eos = metadata.flag("tokenizer.ggml.add_eos_token") ? specialToken(metadata, "eos") : void 0;
	return JSON.stringify({
		version: "1.0",
		truncation: null,
		padding: null,
		added_tokens: addedTokens(metadata),
		...isSentencePiece(metadata) ? sentencePiece(metadata) : byteLevel(metadata),
		post_processor: bos === void 0 && eos === void 0 ? null : template(bos, eos)
	});
}
/** Returns tokenizer_config.json. There must be no `tokenizerProblem`. */
function tokenizerConfigText(metadata) {
	const [bos, eos, unk, pad] = [
		"bos",
		"eos",
		"unknown",
		"padding"
	].map((name) => specialToken(metadata, name)?.content);
	const config = {
		add_bos_token: addsBos(metadata),
		add_eos_token: metadata.flag("tokenizer.ggml.add_eos_token") ?? false,
		bos_token: bos,
		eos_token: eos,
		unk_token: unk,
		pad_token: pad,
		clean_up_tokenization_spaces: false,
		chat_template: metadata.text("tokenizer.chat_template"),
		tokenizer_class: "PreTrainedTokenizerFast"
	};
	return `${JSON.stringify(config, null, 2)}\n`;
}
var isTexts = (value) => Array.isArray(value) && value.every((text) => typeof text === "string");
var isSentencePiece = (metadata) => metadata.get("tokenizer.ggml.model") === "llama";
/** Gemma's scores do not follow its order of merges, and its runs of spaces are written with real spaces. */
var isGemma = (metadata) => metadata.architecture.startsWith("gemma");
var preTokenizerOf = (metadata) => {
	const pre = metadata.get("tokenizer.ggml.pre");
	return typeof pre === "string" && Object.hasOwn(PRE_TOKENIZERS, pre) ? PRE_TOKENIZERS[pre] : void 0;
};
/** llama.cpp adds it by default to SentencePiece vocabularies, and with the pre-tokenizer of Llama 3. */
function addsBos(metadata) {
	const byDefault = isSentencePiece(metadata) || preTokenizerOf(metadata)?.addsBos === true;
	return metadata.flag("tokenizer.ggml.add_bos_token") ?? byDefault;
}
function tokensOf(metadata) {
	const tokens = metadata.texts("tokenizer.ggml.tokens") ?? [];
	if (!isSentencePiece(metadata) || !isGemma(metadata)) return tokens;
	return tokens.map((token) => /^ {2,}$/.test(token) ? "▁".repeat(token.length) : token);
}
function specialToken(metadata, name) {
	const id = metadata.get(`tokenizer.ggml.${name}_token_id`);
	const content = typeof id === "number" ? tokensOf(metadata)[id] : void 0;
	return typeof id === "number" && content !== void 0 ? {
		id,
		content
	} : void 0;
}
/** Returns the first token of type unknown, or -1. */
var unknownOf = (metadata) => Array.from(metadata.numbers("tokenizer.ggml.token_type") ?? []).indexOf(UNKNOWN);
function addedTokens(metadata) {
	const types = metadata.numbers("tokenizer.ggml.token_type") ?? [];
	const stored = metadata.texts("tokenizer.ggml.tokens") ?? [];
	const plain = {
		single_word: false,
		lstrip: false,
		rstrip: false,
		normalized: false
	};
	return tokensOf(metadata).flatMap((content, id) => {
		const type = types[id] ?? 0;
		const special = type === CONTROL || type === UNKNOWN && isSentencePiece(metadata);
		return (special || type === USER_DEFINED && content === stored[id]) && content !== "" ? [{
			id,
			content,
			...plain,
			special
		}] : [];
	});
}
/** Byte-level BPE, as GPT-2. */
function byteLevel(metadata) {
	const pre = preTokenizerOf(metadata);
	const bytes = {
		type: "ByteLevel",
		add_prefix_space: false,
		trim_offsets: true
	};
	return {
		normalizer: pre?.normalizer ?? null,
		pre_tokenizer: pre && {
			type: "Sequence",
			pretokenizers: [...pre.splits, {
				...bytes,
				use_regex: pre.usesGpt2Words
			}]
		},
		decoder: {
			...bytes,
			use_regex: true
		},
		model: {
			...bpe(tokensOf(metadata), metadata.texts("tokenizer.ggml.merges") ?? []),
			ignore_merges: pre?.ignoresMerges ?? false
		}
	};
}
/** SentencePiece's BPE: spaces are ▁, characters outside the vocabulary are bytes. */
function sentencePiece(metadata) {
	const tokens = tokensOf(metadata);
	const prefix = metadata.flag("tokenizer.ggml.add_space_prefix") ?? !isGemma(metadata);
	const scores = isGemma(metadata) ? void 0 : metadata.numbers("tokenizer.ggml.scores");
	const spaces = {
		type: "Replace",
		pattern: { String: " " },
		content: "▁"
	};
	const decoders = [
		{
			type: "Replace",
			pattern: { String: "▁" },
			content: " "
		},
		{ type: "ByteFallback" },
		{ type: "Fuse" },
		...prefix ? [{
			type: "Strip",
			content: " ",
			start: 1,
			stop: 0
		}] : []
	];
	return {
		normalizer: prefix ? {
			type: "Sequence",
			normalizers: [{
				type: "Prepend",
				prepend: "▁"
			}, spaces]
		} : spaces,
		pre_tokenizer: null,
		decoder: {
			type: "Sequence",
			decoders
		},
		model: {
			...bpe(tokens, mergesOf(tokens, scores)),
			unk_token: specialToken(metadata, "unknown")?.content ?? tokens[unknownOf(metadata)] ?? null,
			fuse_unk: true,
			byte_fallback: true
		}
	};
}
var bpe = (tokens, merges) => ({
	type: "BPE",
	dropout: null,
	unk_token: null,
	continuing_subword_prefix: null,
	end_of_word_suffix: null,
	fuse_unk: false,
	byte_fallback: false,
	ignore_merges: false,
	vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
	merges
});
function template(bos, eos) {
	const special = ({ content }) => ({ SpecialToken: {
		id: content,
		type_id: 0
	} });
	const text = (id) => [
		...bos ? [special(bos)] : [],
		{ Sequence: {
			id,
			type_id: 0
		} },
		...eos ? [special(eos)] : []
	];
	const used = [bos, eos].filter((token) => token !== void 0);
	return {
		type: "TemplateProcessing",
		single: text("A"),
		pair: [...text("A"), ...text("B")],
		special_tokens: Object.fromEntries(used.map(({ id, content }) => [content, {
			id: content,
			ids: [id],
			tokens: [content]
		}]))
	};
}
// src/checkpoint/gguf/weights.ts
/**
* The tensors of a GGUF file as one model.safetensors that is nowhere stored: a header, and data that are decoded when they are
* read. Reading a range reads the rows that it touches, or their whole heads where rows are moved.
*/
var GgufWeights = class {
	name = "model.safetensors";
	size;
	#source;
	#header;
	#weights;
	/** @throws CheckpointError if a tensor has no place in the architecture or a shape that does not fit its heads. */
	constructor(source, tensors, architecture, headDim) {
		this.#source = source;
		const weights = [];
		const header = { __metadata__: { format: "pt" } };
		let end = 0;
		for (const from of tensors) {
			const name = hubName(source.name, from.name, architecture);
			if (name === void 0) continue;
			const moved = architecture.interleaved && /\.attn_[qk]\./.test(from.name);
			const shift = from.name.endsWith("norm.weight") ? architecture.normShift : 0;
			const weight = weightOf(source.name, name, from, {
				shift,
				headRows: moved ? headDim : 1,
				offset: end
			});
			end += weight.bytes;
			header[name] = {
				dtype: weight.dtype,
				shape: from.shape,
				data_offsets: [weight.offset, end]
			};
			weights.push(weight);
		}
		this.#header = headerBytes(header);
		const start = this.#header.byteLength;
		this.#weights = weights.map((weight) => ({
			...weight,
			offset: start + weight.offset
		}));
		this.size = start + end;
	}
	async read(offset, length, signal) {
		signal?.throwIfAborted();
		checkRange(this, offset, length);
		const end = offset + length;
		const parts = [];
		if (offset < this.#header.byteLength) parts.push(this.#header.slice(offset, end));
		for (const weight of this.#weights) {
			const first = Math.max(offset - weight.offset, 0);
			const last = Math.min(end - weight.offset, weight.bytes);
			if (first < last) parts.push(await this.#readWeight(weight, first, last, signal));
		}
		const [only] = parts;
		return parts.length === 1 && only !== void 0 ? only : joined(parts, length);
	}
	async #readWeight(weight, first, last, signal) {
		const { from, rowValues, rowBytes, headRows } = weight;
		const step = rowBytes * headRows;
		const start = Math.floor(first / step) * step;
		const rows = (Math.ceil(last / step) * step - start) / rowBytes;
		const storedRow = rowValues / from.format.values * from.format.bytes;
		const decoded = decodeRows(await this.#source.read(from.offset + start / rowBytes * storedRow, rows * storedRow, signal), weight);
		return (headRows === 1 ? decoded : apart(decoded, rowBytes, headRows)).subarray(first - start, last - start);
	}
};
function weightOf(file, name, from, place) {
	const { format, shape } = from;
	const { shift, headRows } = place;
	const values = shape.reduce((product, size) => product * size, 1);
	const rowValues = shape.length === 1 && headRows > 1 ? 1 : shape.at(-1) ?? 1;
	const wholeHeads = values / rowValues % headRows === 0 && (headRows === 1 || headRows % 2 === 0);
	if (shape.length > 2 || !wholeHeads || rowValues % format.values !== 0) throw new CheckpointError(`${file}: tensor ${from.name}: expected rows of ${format.name} in heads of ${headRows}, got shape [${shape.join(", ")}]. Fetch the file again.`);
	const dtype = shift === 0 ? format.dtype : "F32";
	const size = bytesPerValue(dtype) ?? 4;
	return {
		name,
		from,
		dtype,
		rowValues,
		rowBytes: rowValues * size,
		bytes: values * size,
		...place
	};
}
/** Returns the header of a safetensors file with its length before it, padded to 8 bytes as safetensors does. */
function headerBytes(header) {
	const json = new TextEncoder().encode(JSON.stringify(header));
	const length = Math.ceil(json.byteLength / 8) * 8;
	const bytes = new Uint8Array(8 + length).fill(32, 8);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
	bytes.set(json, 8);
	return bytes;
}
/** Decodes whole rows to little-endian bytes of the weight's dtype. */
function decodeRows(stored, { from: { format }, shift }) {
	if (format.decode === void 0 && shift === 0) return stored;
	const values = format.decode === void 0 ? decode(stored, format.dtype) : new Float32Array(stored.byteLength / format.bytes * format.values);
	for (let at = 0, out = 0; format.decode !== void 0 && at < stored.byteLength; at += format.bytes) {
		format.decode(stored, at, values, out);
		out += format.values;
	}
	if (shift !== 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) - shift;
	return new Uint8Array(values.buffer);
}
/** Moves the rows of every head from pairs (0, h/2), (1, h/2 + 1), … back into order. */
function apart(rows, rowBytes, headRows) {
	const placed = new Uint8Array(rows.byteLength);
	const half = headRows / 2;
	for (let row = 0; row * rowBytes < rows.byteLength; row++) {
		const inHead = row % headRows;
		const target = row - inHead + inHead % 2 * half + Math.floor(inHead / 2);
		placed.set(rows.subarray(row * rowBytes, (row + 1) * rowBytes), target * rowBytes);
	}
	return placed;
}
function joined(parts, length) {
	const bytes = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.byteLength;
	}
	return bytes;
}
// src/checkpoint/gguf/files.ts
/**
* This folder shows a GGUF file as a model in the layout of the Hub, so that everything above works on it unchanged: `header` reads
* the file, `formats` decodes its blocks, `architectures` and `names` say how llama.cpp's converter renamed and changed tensors,
* `weights` undoes that while reading, `config` and `tokenizer` write what transformers keeps in JSON. It is loaded when a GGUF
* file is opened.
*/
var TOKENIZER = "tokenizer.json";
/** The files of a model that is stored in one GGUF file: config.json, model.safetensors and, if it can be made, tokenizer.json. */
var GgufFiles = class GgufFiles {
	name;
	#folder;
	#file;
	#weights;
	#config;
	constructor(folder, file, weights, config) {
		this.name = folder.name;
		this.#folder = folder;
		this.#file = file;
		this.#weights = weights;
		this.#config = config;
	}
	get transfer() {
		return this.#folder.transfer;
	}
	/**
	* Reads the header of a GGUF file.
	* @param folder where the file is; a model card and, if the file's own cannot be read, a tokenizer are taken from there.
	* @throws CheckpointError if the file is damaged, or its architecture or quantisation is not read; SourceError from the source.
	*/
	static async open(folder, source, signal) {
		const { metadata: values, tensors } = await readGgufHeader(source, signal);
		const metadata = new Metadata(source.name, values);
		const parts = values.get("split.count");
		if (typeof parts === "number" && parts > 1) throw new CheckpointError(`${source.name}: expected a whole model in one file, got one of ${parts} parts. Join them with llama-gguf-split --merge.`);
		const architecture = GGUF_ARCHITECTURES.find(({ name }) => name === metadata.architecture);
		if (architecture === void 0) {
			const known = GGUF_ARCHITECTURES.map(({ name }) => name).join(", ");
			throw new CheckpointError(`${source.name}: expected general.architecture among ${known}, got ${show(metadata.architecture)}. Take the model's safetensors files, or another model.`);
		}
		const file = {
			source,
			metadata,
			tensors,
			architecture
		};
		const weights = new GgufWeights(source, tensors, architecture, metadata.headDim());
		return new GgufFiles(folder, file, weights, await configText(file, signal));
	}
	async open(name, signal) {
		if (name === this.#weights.name) return this.#weights;
		const text = this.#text(name);
		if (text !== void 0) return new MemorySource(new TextEncoder().encode(text), name);
		return name === "README.md" || name.startsWith("tokenizer") ? this.#folder.open(name, signal) : void 0;
	}
	whyMissing(name) {
		if (name !== TOKENIZER) return void 0;
		const problem = tokenizerProblem(this.#file.metadata);
		return problem && `${this.#file.source.name}: ${problem} Put the model's ${TOKENIZER} beside it in one folder, or give token ids instead of text.`;
	}
	async list() {
		return [this.#file.source.name];
	}
	#text(name) {
		const { metadata } = this.#file;
		if (name === "config.json") return this.#config;
		if (name === "generation_config.json") return generationConfigText(metadata);
		if (tokenizerProblem(metadata) !== void 0) return void 0;
		if (name === TOKENIZER) return tokenizerText(metadata);
		return name === "tokenizer_config.json" ? tokenizerConfigText(metadata) : void 0;
	}
};
export { GgufFiles };

//# sourceMappingURL=files-C5td1Oq1.mjs.map