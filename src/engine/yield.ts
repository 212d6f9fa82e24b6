/** Lets messages that have arrived be handled; unlike an awaited promise, which only runs what is already due. */
function yieldToMessages(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    // A timeout would be held back by 4 ms once nested; a message is not.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A function to await between steps of a long loop: yields when `milliseconds` have passed since it last did. */
export function pacer(milliseconds: number): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    await yieldToMessages();
    last = performance.now();
  };
}
