// src/transport/cost-settings.ts
/** The cost of OpT-DeUS: Euclidean distances of raw rows (method.md 3.1). */
var RAW_EUCLIDEAN = {
	metric: "euclidean",
	rows: "raw",
	scale: "none"
};
export { RAW_EUCLIDEAN as t };

//# sourceMappingURL=cost-settings-DystTT9G.mjs.map