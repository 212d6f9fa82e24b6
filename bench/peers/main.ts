import type { Message, Order } from './worker';

declare global {
  interface Window {
    /** Set by the script that opened the page. */
    order: Order;
    report: (message: Message) => void;
  }
}

// All of it runs in a worker, since the threads of our CPU backend need to block, which a page's main thread may not.
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }: MessageEvent<Message>) => window.report(data);
worker.onerror = ({ message }) => window.report({ kind: 'done', failure: message });
worker.postMessage(window.order);
