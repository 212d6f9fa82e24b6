// So that imports of packages that may not be installed are found. What they hold is said in libraries.ts.
declare module '@jax-js/jax' {}
declare module '@tensorflow/tfjs' {}
declare module '@tensorflow/tfjs-backend-webgpu' {}
declare module '@tensorflow/tfjs-backend-wasm' {}
declare module 'onnxruntime-web/webgpu' {}
declare module 'onnxruntime-web/wasm' {}
