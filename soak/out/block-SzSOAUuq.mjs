import { n as elements } from "./shape-DKf2iP5J.mjs";
import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
// src/llama/block.ts
/** True for a norm's gain, keyed as in `blockShapes`. */
var isNorm = (key) => key.endsWith("norm.weight");
/**
* Returns the shapes of all tensors of a block, in the order norm, attention, norms, MLP, norm, with the biases and norms that the
* architecture and the config have; of an unsupported one the matrices that were recognised. Matrices are `[out, in]`, as in PyTorch.
*/
function blockShapes(config) {
	if (config.unsupported) return new Map(Object.entries(config.unsupported.matrices).map(([key, shape]) => [key, [...shape]]));
	const { hiddenSize: d, intermediateSize: m, headDim } = config;
	const query = config.heads * headDim;
	const keyValue = config.kvHeads * headDim;
	const { biases, norms, queryKeyNorms } = architectureOf(config);
	const { always = [], attention_bias = [], mlp_bias = [] } = biases;
	const biased = /* @__PURE__ */ new Set([
		...always,
		...config.attentionBias ? attention_bias : [],
		...config.mlpBias ? mlp_bias : []
	]);
	const shapes = /* @__PURE__ */ new Map();
	const add = (name, ...shape) => {
		if (name === void 0) return;
		shapes.set(`${name}.weight`, shape);
		if (biased.has(name)) shapes.set(`${name}.bias`, shape.slice(0, 1));
	};
	add(norms.beforeAttention, d);
	add("self_attn.q_proj", query, d);
	add("self_attn.k_proj", keyValue, d);
	add("self_attn.v_proj", keyValue, d);
	add("self_attn.o_proj", d, query);
	if (queryKeyNorms) {
		add("self_attn.q_norm", queryKeyNorms === "head" ? headDim : query);
		add("self_attn.k_norm", queryKeyNorms === "head" ? headDim : keyValue);
	}
	add(norms.afterAttention, d);
	add(norms.beforeMlp, d);
	add("mlp.gate_proj", m, d);
	add("mlp.up_proj", m, d);
	add("mlp.down_proj", d, m);
	add(norms.afterMlp, d);
	return shapes;
}
/** Returns the checkpoint name of a block's tensor. `key` as in `blockShapes`. */
var blockTensorName = (config, index, key) => `${config.unsupported ? "model.layers." : architectureOf(config).layers}${index}.${key}`;
/** Returns the number of parameters of one block. */
var countBlockParameters = (config) => [...blockShapes(config).values()].reduce((sum, shape) => sum + elements(shape), 0);
/** Returns the number of parameters of a model with this many blocks. A tied matrix counts once. */
function countParameters(config, layers = config.layers) {
	const matrix = config.vocabSize * config.hiddenSize;
	return layers * countBlockParameters(config) + matrix * (config.tied ? 1 : 2) + config.hiddenSize;
}
export { isNorm as a, countParameters as i, blockTensorName as n, countBlockParameters as r, blockShapes as t };

//# sourceMappingURL=block-SzSOAUuq.mjs.map