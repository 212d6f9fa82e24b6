import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
// src/upscale/block/companions.ts
/** Norms of q and k, by the projection whose outputs they normalise. */
var NORM_OF = {
	"self_attn.q_proj": "self_attn.q_norm.weight",
	"self_attn.k_proj": "self_attn.k_norm.weight"
};
/**
* Returns the keys of the vectors that have one number for each row of a projection, and so move with its rows: its bias, and the norm
* of its whole output (OLMo 2). A norm of every head by itself is shared by the heads and moves with none of them.
*/
function companionsOf(config, tensor) {
	const norm = architectureOf(config).queryKeyNorms === "width" ? NORM_OF[tensor] : void 0;
	return [`${tensor}.bias`, ...norm === void 0 ? [] : [norm]];
}
/** True for a norm that moves with the rows of a projection. */
var isCompanionNorm = (config, key) => architectureOf(config).queryKeyNorms === "width" && Object.values(NORM_OF).includes(key);
export { isCompanionNorm as n, companionsOf as t };

//# sourceMappingURL=companions-D42Oqiux.mjs.map