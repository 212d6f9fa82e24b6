/** Resolves in a new task, after waiting messages and timers. Unlike `setTimeout`, it is not clamped to 4 ms. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // An open port keeps Node alive.
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
