// src/llama/block-handle.ts
/** Returns a handle of a block that stays on the device for as long as the handle is used. */
var residentBlock = (block) => ({
	acquire: async () => block,
	release: () => void 0
});
export { residentBlock as t };

//# sourceMappingURL=block-handle-ChfCvndx.mjs.map