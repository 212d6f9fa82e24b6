// src/backend/instruments.ts
/** True for the backends that the page computes with; the plain TypeScript one measures nothing. */
var hasInstruments = (backend) => "canTimeKernels" in backend;
export { hasInstruments as t };

//# sourceMappingURL=instruments-BLLtqllz.mjs.map