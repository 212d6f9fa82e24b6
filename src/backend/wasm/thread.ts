/** A browser's thread of the CPU backend: serves from the first message on. */
self.onmessage = ({
  data,
}: MessageEvent<{ module: WebAssembly.Module; memory: WebAssembly.Memory; index: number }>) => {
  const { module, memory, index } = data;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  self.postMessage('serving');
  (exports['serve'] as (index: number) => void)(index);
};
