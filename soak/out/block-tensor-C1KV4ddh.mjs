import { n as UpscaleError } from "./errors-B4NPKFN8.mjs";
// src/upscale/block/block-tensor.ts
/** @throws UpscaleError if the block has no such tensor. */
function blockTensor(block, key) {
	const tensor = block.get(key);
	if (tensor) return tensor;
	throw new UpscaleError(`expected a block with ${key}, got ${[...block.keys()].join(", ")}. Open a Llama-type model.`);
}
/**
* Feature key of the outputs of a block's attention heads, `[tokens, heads·h]`. Features use it in place of the columns of
* o_proj, because o_proj reads these outputs.
*/
var HEAD_OUTPUTS = "self_attn.heads";
/** Returns o_proj `[rows, heads·h]`, or `HEAD_OUTPUTS` if `block` holds features. @throws UpscaleError. */
var headColumns = (block) => block.get("self_attn.heads") ?? blockTensor(block, "self_attn.o_proj.weight");
/** The projections that write to the residual stream. If both are zero, the block is the identity. */
var OUTPUT_PROJECTIONS = ["self_attn.o_proj", "mlp.down_proj"];
/** True for a weight or bias (keyed as in `blockShapes`) of an output projection. */
var isOutputProjection = (key) => OUTPUT_PROJECTIONS.some((name) => key.startsWith(`${name}.`));
export { isOutputProjection as i, blockTensor as n, headColumns as r, HEAD_OUTPUTS as t };

//# sourceMappingURL=block-tensor-C1KV4ddh.mjs.map