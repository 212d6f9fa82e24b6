import { browserEnvironment } from './browser';
import { Engine } from './engine';
import { serve, type Alive } from './protocol';

const port = self as unknown as Parameters<typeof serve>[0];
serve(port, new Engine(browserEnvironment));

// Pages that are not served securely have neither locks nor such ids, and a page in a frame of another site may be denied locks.
const { locks } = navigator as Partial<Navigator>;
if (locks !== undefined) {
  const alive: Alive = { lock: `interlayer engine ${crypto.randomUUID()}` };
  locks
    .request(alive.lock, () => {
      port.postMessage(alive, []);
      return new Promise(() => undefined);
    })
    .catch(() => undefined);
}
