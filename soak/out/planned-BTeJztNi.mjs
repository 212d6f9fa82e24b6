// src/upscale/block/planned.ts
/** The tensors that have a transport plan, in solving order: o_proj before the MLP, which needs its plan. */
var PLANNED_TENSORS = [
	"self_attn.q_proj",
	"self_attn.k_proj",
	"self_attn.v_proj",
	"self_attn.o_proj",
	"mlp.gate_proj",
	"mlp.up_proj",
	"mlp.down_proj"
];
/** Number of heads of a tensor's rows; undefined if its rows have no heads. */
function headCount(tensor, { heads, kvHeads }) {
	if (tensor === "self_attn.q_proj") return heads;
	return tensor === "self_attn.k_proj" || tensor === "self_attn.v_proj" ? kvHeads : void 0;
}
export { headCount as n, PLANNED_TENSORS as t };

//# sourceMappingURL=planned-BTeJztNi.mjs.map