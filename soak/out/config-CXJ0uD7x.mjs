import { n as decode, r as encode } from "./dtype-B4pdtvg3.mjs";
// src/llama/architectures.ts
/** Names of a block's projections in the checkpoint, without the block's prefix and `.weight`. */
var PROJECTIONS = [
	"self_attn.q_proj",
	"self_attn.k_proj",
	"self_attn.v_proj",
	"self_attn.o_proj",
	"mlp.gate_proj",
	"mlp.up_proj",
	"mlp.down_proj"
];
var LLAMA = {
	name: "LlamaForCausalLM",
	modelType: "llama",
	title: "Llama 1, 2, 3",
	differs: "nothing; RoPE scaling none, linear, dynamic, llama3, yarn",
	layers: "model.layers.",
	embedding: "model.embed_tokens.weight",
	finalNorm: "model.norm.weight",
	head: "lm_head.weight",
	biases: {
		attention_bias: [
			"self_attn.q_proj",
			"self_attn.k_proj",
			"self_attn.v_proj",
			"self_attn.o_proj"
		],
		mlp_bias: [
			"mlp.gate_proj",
			"mlp.up_proj",
			"mlp.down_proj"
		]
	},
	norms: {
		beforeAttention: "input_layernorm",
		beforeMlp: "post_attention_layernorm"
	},
	gainOffset: 0,
	activation: {
		kind: "silu",
		field: "hidden_act",
		value: "silu"
	},
	factors: {},
	caps: {},
	defaults: {}
};
var ATTENTION_BIAS = { attention_bias: LLAMA.biases.attention_bias ?? [] };
var GEMMA = {
	biases: ATTENTION_BIAS,
	norms: {
		beforeAttention: "input_layernorm",
		afterAttention: "post_attention_layernorm",
		beforeMlp: "pre_feedforward_layernorm",
		afterMlp: "post_feedforward_layernorm"
	},
	gainOffset: 1,
	activation: {
		kind: "gelu",
		field: "hidden_activation",
		value: "gelu_pytorch_tanh"
	},
	rootEmbedding: true,
	factors: { scoreScalar: "query_pre_attn_scalar" },
	windows: { blocks: "by pattern" }
};
var GEMMA_DEFAULTS = {
	hidden_activation: "gelu_pytorch_tanh",
	head_dim: 256,
	num_key_value_heads: 4,
	query_pre_attn_scalar: 256,
	sliding_window: 4096,
	tie_word_embeddings: true,
	bos_token_id: 2,
	eos_token_id: 1
};
/** The supported architectures. Each is tested against transformers (tests/fixtures/architectures). */
var ARCHITECTURES = [
	LLAMA,
	{
		...LLAMA,
		name: "MistralForCausalLM",
		modelType: "mistral",
		title: "Mistral",
		differs: "a sliding window in every block where `sliding_window` is set",
		biases: {},
		windows: { blocks: "all" },
		defaults: {
			num_key_value_heads: 8,
			max_position_embeddings: 131072,
			sliding_window: 4096
		}
	},
	{
		...LLAMA,
		name: "Qwen2ForCausalLM",
		modelType: "qwen2",
		title: "Qwen 2, 2.5",
		differs: "biases of q, k and v; sliding windows in some blocks where `use_sliding_window` is set",
		biases: { always: [
			"self_attn.q_proj",
			"self_attn.k_proj",
			"self_attn.v_proj"
		] },
		windows: {
			blocks: "from max_window_layers",
			flag: "use_sliding_window"
		},
		defaults: {
			num_key_value_heads: 32,
			max_position_embeddings: 32768,
			sliding_window: 4096,
			max_window_layers: 28
		}
	},
	{
		...LLAMA,
		name: "Qwen3ForCausalLM",
		modelType: "qwen3",
		title: "Qwen 3",
		differs: "norms of q and k, head by head; `head_dim` apart from the width; windows as Qwen 2",
		biases: ATTENTION_BIAS,
		queryKeyNorms: "head",
		windows: {
			blocks: "from max_window_layers",
			flag: "use_sliding_window"
		},
		defaults: {
			num_key_value_heads: 32,
			head_dim: 128,
			max_position_embeddings: 32768,
			sliding_window: 4096,
			max_window_layers: 28
		}
	},
	{
		...LLAMA,
		name: "SmolLM3ForCausalLM",
		modelType: "smollm3",
		title: "SmolLM3",
		differs: "no rotary embedding in the blocks that `no_rope_layers` names, by default every fourth",
		windows: {
			blocks: "without rope",
			flag: "use_sliding_window"
		},
		ropeByLayer: true,
		defaults: {
			num_key_value_heads: 4,
			max_position_embeddings: 32768,
			rope_theta: 2e6,
			tie_word_embeddings: true
		}
	},
	{
		...LLAMA,
		name: "GraniteForCausalLM",
		modelType: "granite",
		title: "Granite 3",
		differs: "factors of embeddings, attention scores and what blocks add; logits divided by `logits_scaling`",
		factors: {
			embedding: "embedding_multiplier",
			scores: "attention_multiplier",
			residual: "residual_multiplier",
			logitDivisor: "logits_scaling"
		},
		defaults: {
			embedding_multiplier: 1,
			attention_multiplier: 1,
			residual_multiplier: 1,
			logits_scaling: 1
		}
	},
	{
		...LLAMA,
		name: "Olmo2ForCausalLM",
		modelType: "olmo2",
		title: "OLMo 2",
		differs: "norms after attention and MLP instead of before; norms of q and k over their whole width",
		biases: ATTENTION_BIAS,
		norms: {
			afterAttention: "post_attention_layernorm",
			afterMlp: "post_feedforward_layernorm"
		},
		queryKeyNorms: "width",
		defaults: { rms_norm_eps: 1e-5 }
	},
	{
		...LLAMA,
		...GEMMA,
		name: "Gemma2ForCausalLM",
		modelType: "gemma2",
		title: "Gemma 2",
		differs: "norms before and after both parts, their gains stored less 1; GELU; embeddings times √width; soft caps of scores and logits; a sliding window in every second block",
		caps: {
			scores: "attn_logit_softcapping",
			logits: "final_logit_softcapping"
		},
		defaults: {
			...GEMMA_DEFAULTS,
			max_position_embeddings: 8192,
			sliding_window_pattern: 2,
			attn_logit_softcapping: 50,
			final_logit_softcapping: 30
		}
	},
	{
		...LLAMA,
		...GEMMA,
		name: "Gemma3ForCausalLM",
		modelType: "gemma3_text",
		title: "Gemma 3, text",
		differs: "as Gemma 2 without the cap of scores; norms of q and k, head by head; five of six blocks have a window, and another RoPE base",
		queryKeyNorms: "head",
		caps: { logits: "final_logit_softcapping" },
		ropeByKind: true,
		defaults: {
			...GEMMA_DEFAULTS,
			max_position_embeddings: 131072,
			sliding_window_pattern: 6,
			rope_theta: 1e6,
			rope_local_base_freq: 1e4
		}
	}
];
// src/llama/errors.ts
/** The model's configuration is not supported, or its tensors do not match it. */
var ConfigError = class extends Error {
	name = "ConfigError";
};
/** The model's architecture is not in the table. */
var UnsupportedArchitectureError = class extends ConfigError {
	name = "UnsupportedArchitectureError";
	/** As config.json names it. */
	architecture;
	constructor(architecture, message) {
		super(message);
		this.architecture = architecture;
	}
};
/** The tokens or options of an evaluation or generation are not valid, or a result is not finite. */
var EvaluationError = class extends Error {
	name = "EvaluationError";
};
/** The tokenizer is missing or not supported. */
var TokenizerError = class extends Error {
	name = "TokenizerError";
};
// src/llama/fields.ts
var isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
var show = (value) => value === void 0 ? "nothing" : JSON.stringify(value);
/** Returns the error for a field that is missing or not valid. */
var wrongField = (name, expected, got) => new ConfigError(`config.json: expected ${name} to be ${expected}, got ${show(got)}. Correct the field, or fetch config.json again from where the model came from.`);
/** Returns a field, or `fallback` if it is absent or null (as transformers does). */
function present(raw, name, fallback) {
	return raw[name] ?? fallback;
}
/** Reads a count. @throws ConfigError unless the field is a whole number of at least 1. */
function count(raw, name, fallback) {
	const value = present(raw, name, fallback);
	if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
	throw wrongField(name, "a whole number above 0", value);
}
/** Reads a positive number. @throws ConfigError unless the field is a finite number above 0. */
function positive(raw, name, fallback) {
	const value = present(raw, name, fallback);
	if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
	throw wrongField(name, "a number above 0", value);
}
/** Reads a boolean. @throws ConfigError unless the field is true, false or absent. */
function flag(raw, name) {
	const value = present(raw, name, false);
	if (typeof value === "boolean") return value;
	throw wrongField(name, "true or false", value);
}
var isId = (id) => typeof id === "number" && Number.isSafeInteger(id) && id >= 0;
/** Reads a field with one token id, a list of them, or nothing. @throws ConfigError for anything else. */
function tokenList(raw, name) {
	const value = present(raw, name, []);
	const list = Array.isArray(value) ? value : [value];
	if (list.every(isId)) return list;
	throw wrongField(name, "a token id or a list of token ids", value);
}
// src/llama/layer-kinds.ts
/** Values of `layer_types`. */
var SLIDING = "sliding_attention";
var FULL = "full_attention";
/**
* Reads the kind of every block from config.json, by the architecture's rules.
* @throws ConfigError if a list has not one entry for each of `layers` blocks, or an entry that is not known.
*/
function parseKinds(raw, row, layers) {
	const roped = row.ropeByLayer ? ropedLayers(raw, layers) : Array.from({ length: layers }, () => true);
	const length = windowLength(raw, row);
	const sliding = slidingLayers(raw, row.windows, length !== null, roped);
	return roped.map((hasRope, i) => {
		const window = sliding[i] ? length : null;
		return {
			rope: hasRope ? Number(row.ropeByKind === true && sliding[i] === true) : null,
			window
		};
	});
}
function windowLength(raw, { windows }) {
	if (!windows || windows.flag && !flag(raw, windows.flag)) return null;
	return (raw["sliding_window"] ?? null) === null ? null : count(raw, "sliding_window");
}
/** `no_rope_layers`: 1 for a block with rotary embedding, 0 without; by default every `no_rope_layer_interval`-th has none. */
function ropedLayers(raw, layers) {
	const listed = perLayer(raw, "no_rope_layers", layers, [
		0,
		1,
		false,
		true
	]);
	if (listed) return listed.map(Boolean);
	const interval = count(raw, "no_rope_layer_interval", 4);
	return Array.from({ length: layers }, (_, i) => (i + 1) % interval !== 0);
}
function slidingLayers(raw, rule, on, roped) {
	const listed = perLayer(raw, "layer_types", roped.length, [SLIDING, FULL])?.map((kind) => kind === SLIDING);
	if (listed && rule && rule.blocks !== "all") return listed;
	const made = roped.map((hasRope, i) => {
		switch (rule?.blocks) {
			case void 0: return false;
			case "all": return on;
			case "from max_window_layers": return on && i >= whole(raw, "max_window_layers");
			case "without rope": return on && !hasRope;
			case "by pattern": return (i + 1) % count(raw, "sliding_window_pattern") !== 0;
		}
	});
	if (listed?.some((sliding, i) => sliding !== made[i])) throw wrongField("layer_types", `${made.includes(true) ? SLIDING : FULL} for all blocks, or absent`, raw["layer_types"]);
	return made;
}
/** Reads a whole number from 0. */
function whole(raw, name) {
	return raw[name] === 0 ? 0 : count(raw, name);
}
/** Reads a list with one entry per block, or undefined if it is absent. */
function perLayer(raw, name, layers, known) {
	const value = raw[name] ?? void 0;
	if (value === void 0) return void 0;
	const list = Array.isArray(value) ? value : [];
	if (list.length === layers && list.every((entry) => known.includes(entry))) return list;
	throw wrongField(name, `a list of ${layers} entries among ${known.slice(0, 2).join(" and ")}`, value);
}
/**
* Returns the fields of config.json that list the blocks' kinds where these differ. A model whose file gives them by a rule needs the
* lists when its blocks are put in another order.
*/
function kindLists(row, kinds) {
	const differ = (of) => new Set(kinds.map(of)).size > 1;
	return {
		...row.windows && differ(({ window }) => window) ? { layer_types: kinds.map(({ window }) => window === null ? FULL : SLIDING) } : {},
		...row.ropeByLayer && differ(({ rope }) => rope) ? { no_rope_layers: kinds.map(({ rope }) => rope === null ? 0 : 1) } : {}
	};
}
// src/llama/rope.ts
/** Fields that only say where the frequencies start: an object of these alone scales nothing. */
var isPlain = (fields) => (typeOf(fields) ?? "default") === "default";
var typeOf = (fields) => fields["rope_type"] ?? fields["type"] ?? void 0;
/** Returns an object field of config.json, or undefined if it is absent, null or empty. @throws ConfigError for anything else. */
function objectField(raw, name) {
	const value = raw[name] ?? void 0;
	if (value === void 0) return void 0;
	if (!isRecord(value)) throw wrongField(name, "an object or null", value);
	return Object.keys(value).length > 0 ? value : void 0;
}
/**
* Reads the rotary embedding from config.json: `rope_theta` and `rope_scaling`, or the newer `rope_parameters` with both. Where
* both stand, `rope_scaling` counts, with the top level's `rope_theta`, as in transformers 4 and 5 (`convert_rope_params_to_dict`).
* @param defaultTheta the base where config.json names none.
* @throws ConfigError if the scaling is not supported, a parameter is missing, or the two fields scale differently.
*/
function parseRope(raw, headDim, defaultTheta) {
	const older = objectField(raw, "rope_scaling");
	const newer = objectField(raw, "rope_parameters");
	if (older && newer && !isPlain(newer)) {
		const differs = (key) => ![
			"type",
			"rope_type",
			"rope_theta"
		].includes(key) && newer[key] !== older[key];
		const key = typeOf(newer) === typeOf(older) ? Object.keys(older).find(differs) : "rope_type";
		if (key !== void 0) throw wrongField("rope_scaling", "the same as rope_parameters, or absent", `${key} unlike there`);
	}
	return ropeOf(raw, older ?? newer ?? {}, headDim, positive(raw, "rope_theta", defaultTheta));
}
/** Returns the base in `rope_parameters` that `parseRope` does not read because `rope_scaling` stands beside it; undefined if none. */
function ignoredTheta(raw) {
	const [older, newer] = [raw["rope_scaling"], raw["rope_parameters"]];
	if (!isRecord(older) || Object.keys(older).length === 0 || !isRecord(newer)) return void 0;
	const used = older["rope_theta"] ?? raw["rope_theta"];
	return newer["rope_theta"] === used ? void 0 : newer["rope_theta"] ?? void 0;
}
/**
* Reads the two rotary embeddings of Gemma 3, for blocks that see everything and for those with a sliding window: `rope_theta` with
* `rope_scaling` and `rope_local_base_freq`, or `rope_parameters` by kind of block (transformers, `Gemma3TextConfig`).
* @throws ConfigError as `parseRope`.
*/
function parseRopeByKind(raw, headDim) {
	const byKind = objectField(raw, "rope_parameters") ?? {};
	const stray = Object.keys(byKind).find((key) => !/^(full|sliding)_attention$/.test(key));
	if (stray !== void 0) throw wrongField("rope_parameters", "full_attention and sliding_attention, an object for each", stray);
	return {
		full: ropeOf(raw, {
			...objectField(byKind, "full_attention"),
			...objectField(raw, "rope_scaling")
		}, headDim, positive(raw, "rope_theta")),
		sliding: ropeOf(raw, objectField(byKind, "sliding_attention") ?? {}, headDim, positive(raw, "rope_local_base_freq"))
	};
}
function ropeOf(raw, fields, headDim, theta) {
	if ((fields["partial_rotary_factor"] ?? raw["partial_rotary_factor"] ?? 1) !== 1) throw new ConfigError("config.json: expected rotary embedding over whole heads, got a partial_rotary_factor other than 1. Open a model without it.");
	return {
		headDim,
		theta: positive(fields, "rope_theta", theta),
		scaling: parseScaling(raw, fields)
	};
}
function parseScaling(raw, scaling) {
	const type = typeOf(scaling) ?? "default";
	const context = () => count(raw, "max_position_embeddings", 2048);
	const originalLength = () => count(raw, "original_max_position_embeddings", count(scaling, "original_max_position_embeddings", context()));
	switch (type) {
		case "default": return null;
		case "linear": return {
			type: "linear",
			factor: positive(scaling, "factor")
		};
		case "dynamic": return {
			type: "dynamic",
			factor: positive(scaling, "factor"),
			context: context()
		};
		case "llama3": {
			const lowFrequencyFactor = positive(scaling, "low_freq_factor");
			const highFrequencyFactor = positive(scaling, "high_freq_factor");
			if (highFrequencyFactor <= lowFrequencyFactor) throw wrongField("high_freq_factor", `above low_freq_factor ${lowFrequencyFactor}`, highFrequencyFactor);
			return {
				type: "llama3",
				factor: positive(scaling, "factor"),
				lowFrequencyFactor,
				highFrequencyFactor,
				originalContext: originalLength()
			};
		}
		case "yarn": return parseYarn(scaling, context(), originalLength());
		default: throw new ConfigError(`config.json: expected RoPE scaling default, linear, dynamic, llama3 or yarn, got ${JSON.stringify(type)}. Open a model with one of these; results under another scaling would be wrong.`);
	}
}
/** As `_compute_yarn_parameters` of transformers. */
function parseYarn(scaling, context, originalContext) {
	const factor = positive(scaling, "factor", context / originalContext);
	const magnitude = (weight) => factor <= 1 ? 1 : .1 * weight * Math.log(factor) + 1;
	const [mscale, all] = [scaling["mscale"], scaling["mscale_all_dim"]].map((value) => value || void 0);
	const suggested = mscale === void 0 || all === void 0 ? magnitude(1) : magnitude(positive(scaling, "mscale")) / magnitude(positive(scaling, "mscale_all_dim"));
	const truncate = scaling["truncate"] ?? true;
	if (typeof truncate !== "boolean") throw wrongField("truncate", "true or false", truncate);
	return {
		type: "yarn",
		factor,
		betaFast: positive(scaling, "beta_fast", 32),
		betaSlow: positive(scaling, "beta_slow", 1),
		truncate,
		attentionFactor: positive(scaling, "attention_factor", suggested),
		originalContext
	};
}
/**
* Returns radians per position for each of the h/2 dimension pairs in a sequence of `positions` tokens, a length that only `dynamic`
* reads. The rules are those of transformers (modeling_rope_utils.py); `llama3` compares a pair's wavelength with the original context.
*/
function ropeFrequencies({ headDim, theta, scaling }, positions = 0) {
	const base = scaling?.type === "dynamic" && positions > scaling.context ? theta * (scaling.factor * positions / scaling.context - (scaling.factor - 1)) ** (headDim / (headDim - 2)) : theta;
	const kept = scaling?.type === "yarn" ? yarnRamp(headDim, base, scaling) : void 0;
	return Float64Array.from({ length: headDim / 2 }, (_, pair) => {
		const frequency = base ** (-2 * pair / headDim);
		if (scaling === null || scaling.type === "dynamic") return frequency;
		const slow = frequency / scaling.factor;
		const blend = (share) => (1 - share) * slow + share * frequency;
		if (scaling.type === "linear") return slow;
		if (kept) return blend(kept(pair));
		if (scaling.type !== "llama3") return frequency;
		const { lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
		const turns = originalContext * frequency / (2 * Math.PI);
		if (turns < low) return slow;
		if (turns > high) return frequency;
		return blend((turns - low) / (high - low));
	});
}
/** Returns the share of a pair's frequency that yarn keeps: 1 for the fast pairs, 0 for the slow ones, a ramp between. */
function yarnRamp(headDim, theta, scaling) {
	const { betaFast, betaSlow, truncate, originalContext } = scaling;
	const pairWith = (turns) => headDim * Math.log(originalContext / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
	const [first, last] = [pairWith(betaFast), pairWith(betaSlow)];
	const low = Math.max(truncate ? Math.floor(first) : first, 0);
	const end = Math.min(truncate ? Math.ceil(last) : last, headDim - 1);
	const high = low === end ? end + .001 : end;
	return (pair) => 1 - Math.min(1, Math.max(0, (pair - low) / (high - low)));
}
/** Returns the table for `times` windows stacked in one tensor: positions restart in each. */
function tiled(table, times) {
	const all = new Float32Array(table.length * times);
	for (let i = 0; i < times; i++) all.set(table, i * table.length);
	return all;
}
/**
* Returns the table `[positions, headDim]` for `Backend.rope`: row p has h/2 cosines, then h/2 sines of p · frequency, both times
* yarn's attention factor.
*/
function ropeTable(config, positions) {
	const frequencies = ropeFrequencies(config, positions);
	const half = frequencies.length;
	const factor = config.scaling?.type === "yarn" ? config.scaling.attentionFactor : 1;
	const table = new Float32Array(positions * config.headDim);
	for (let position = 0; position < positions; position++) {
		const row = position * config.headDim;
		frequencies.forEach((frequency, pair) => {
			table[row + pair] = factor * Math.cos(position * frequency);
			table[row + half + pair] = factor * Math.sin(position * frequency);
		});
	}
	return table;
}
// src/llama/config.ts
/** Largest head dimension that the backends' `attention` supports. */
var MAX_HEAD_DIM = 256;
var DEFAULT_THETA = 1e4;
/** Returns the architecture of a config. @throws ConfigError if it is not supported. */
function architectureOf(config) {
	const row = ARCHITECTURES.find(({ name }) => name === config.architecture);
	if (row === void 0) throw unsupported(config.architecture);
	return row;
}
/** @throws UnsupportedArchitectureError if the model's architecture is not in the table, so that its blocks cannot be computed. */
function expectSupported({ architecture, unsupported: found }) {
	if (found) throw new UnsupportedArchitectureError(architecture, found.reason);
}
var unsupported = (name) => new UnsupportedArchitectureError(name, `Expected a model of architecture ${ARCHITECTURES.map(({ name }) => name).join(", ")}, got ${name}. Open a model of a supported architecture.`);
function findArchitecture(raw) {
	const listed = Array.isArray(raw["architectures"]) ? raw["architectures"][0] : void 0;
	const type = raw["model_type"];
	const row = listed === void 0 ? ARCHITECTURES.find(({ modelType }) => modelType === type) : ARCHITECTURES.find(({ name }) => name === listed);
	if (row === void 0) throw unsupported(String(listed ?? type ?? "no name in config.json"));
	return row;
}
/**
* Checks a parsed config.json.
* @throws ConfigError naming the field, the expected and the actual value, or the unsupported architecture, activation or RoPE
*   scaling.
*/
function parseConfig(given) {
	if (!isRecord(given)) throw new ConfigError("config.json: expected a JSON object. Fetch the file again.");
	const row = findArchitecture(given);
	const raw = {
		...row.defaults,
		...given
	};
	const { field, value } = row.activation;
	const activation = raw[field] ?? value;
	if (activation !== value) throw wrongField(field, JSON.stringify(value), activation);
	if (raw["use_bidirectional_attention"]) throw wrongField("use_bidirectional_attention", "false or absent", raw["use_bidirectional_attention"]);
	const hiddenSize = count(raw, "hidden_size");
	const heads = count(raw, "num_attention_heads");
	const kvHeads = count(raw, "num_key_value_heads", heads);
	if (heads % kvHeads !== 0) throw wrongField("num_key_value_heads", `a divisor of ${heads} heads`, kvHeads);
	const headDim = count(raw, "head_dim", hiddenSize / heads);
	if (headDim % 4 !== 0 || headDim > MAX_HEAD_DIM) throw wrongField("head_dim", `a multiple of 4 up to ${MAX_HEAD_DIM}, as the attention kernel takes it`, headDim);
	const layers = count(raw, "num_hidden_layers");
	const bosId = tokenList(raw, "bos_token_id")[0];
	return {
		architecture: row.name,
		layers,
		hiddenSize,
		intermediateSize: count(raw, "intermediate_size"),
		heads,
		kvHeads,
		headDim,
		vocabSize: count(raw, "vocab_size"),
		context: count(raw, "max_position_embeddings", 2048),
		rmsNormEps: positive(raw, "rms_norm_eps", 1e-6),
		tied: flag(raw, "tie_word_embeddings"),
		attentionBias: flag(raw, "attention_bias"),
		mlpBias: flag(raw, "mlp_bias"),
		ropes: ropesOf(raw, row, headDim),
		kinds: parseKinds(raw, row, layers),
		...factorsOf(raw, row, {
			hiddenSize,
			headDim
		}),
		...bosId === void 0 ? {} : { bosId },
		eosIds: tokenList(raw, "eos_token_id")
	};
}
/** Says what of a config.json that `parseConfig` takes counts in another way than its reader may think, one sentence each. */
function configNotices(raw) {
	const theta = ignoredTheta(raw);
	if (theta === void 0) return [];
	return [`config.json: rope_scaling counts and rope_parameters beside it does not, as in transformers: its rope_theta ${theta} is not read.`];
}
function ropesOf(raw, row, headDim) {
	if (!row.ropeByKind) return [parseRope(raw, headDim, DEFAULT_THETA)];
	const { full, sliding } = parseRopeByKind(raw, headDim);
	return [full, sliding];
}
function factorsOf(raw, { factors, caps, rootEmbedding }, { hiddenSize, headDim }) {
	const factor = (field) => field === void 0 ? 1 : positive(raw, field);
	const cap = (field) => field === void 0 || (raw[field] ?? null) === null ? null : positive(raw, field);
	const scalar = factors.scoreScalar === void 0 ? headDim : positive(raw, factors.scoreScalar);
	return {
		scoreScale: factors.scores === void 0 ? 1 / Math.sqrt(scalar) : factor(factors.scores),
		scoreCap: cap(caps.scores),
		logitCap: cap(caps.logits),
		embeddingScale: rootEmbedding ? rounded(Math.sqrt(hiddenSize), raw) : factor(factors.embedding),
		residualScale: factor(factors.residual),
		logitScale: 1 / factor(factors.logitDivisor)
	};
}
/** Rounds a factor to the dtype that config.json names, in which transformers multiplies by it; to float32 where it names none. */
function rounded(value, raw) {
	const dtype = raw["dtype"] ?? raw["torch_dtype"];
	const name = dtype === "bfloat16" ? "BF16" : dtype === "float16" ? "F16" : "F32";
	return decode(encode(Float32Array.of(value), name), name)[0] ?? value;
}
export { ropeTable as a, isRecord as c, TokenizerError as d, UnsupportedArchitectureError as f, parseConfig as i, ConfigError as l, configNotices as n, tiled as o, PROJECTIONS as p, expectSupported as r, kindLists as s, architectureOf as t, EvaluationError as u };

//# sourceMappingURL=config-CXJ0uD7x.mjs.map