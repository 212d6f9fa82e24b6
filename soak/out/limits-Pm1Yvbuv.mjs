// src/upscale/lesa/limits.ts
/** Most output neurons of a tensor, because the time of the singular value decomposition grows with their cube. */
var MAX_ROWS = 2048;
export { MAX_ROWS as t };

//# sourceMappingURL=limits-Pm1Yvbuv.mjs.map