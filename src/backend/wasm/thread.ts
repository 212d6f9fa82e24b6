/** Web Worker script of the CPU backend. The first message starts `serve`, which blocks the worker from then on. */
self.onmessage = ({
  data,
}: MessageEvent<{ module: WebAssembly.Module; memory: WebAssembly.Memory; index: number }>) => {
  const { module, memory, index } = data;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  self.postMessage('serving');
  (exports['serve'] as (index: number) => void)(index);
};
