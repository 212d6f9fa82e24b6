// src/upscale/expanding/stored-as.ts
var STORED = {
	float32: {
		name: "F32",
		device: "f32"
	},
	float16: {
		name: "F16",
		device: "f16"
	},
	bfloat16: {
		name: "BF16",
		device: "bf16"
	}
};
/** Returns the names of a dtype in safetensors and on a backend. */
var storedAs = (dtype) => STORED[dtype];
export { storedAs as t };

//# sourceMappingURL=stored-as-DeNKq17j.mjs.map