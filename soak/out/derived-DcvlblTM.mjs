import { f as TensorCache } from "./cycles.mjs";
// src/engine/neurons/derived.ts
var BYTES = 256 * 2 ** 20;
var derived = {
	make: () => ({}),
	clear(held) {
		held.tensors?.free();
		delete held.tensors;
	}
};
/** Returns the workspace's cache of tensors that jobs on neurons compute from the weights. */
function derivedTensors(workspace) {
	const held = workspace.get(derived);
	held.tensors ??= new TensorCache(workspace.backend, BYTES);
	return held.tensors;
}
export { derivedTensors as t };

//# sourceMappingURL=derived-DcvlblTM.mjs.map