import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};
const FOLDER = 'dist';
const WORKER = 'service-worker.js';
const digest = (text: string): string => createHash('sha256').update(text).digest('base64');

/** A server as plain as they come, for the built page: it knows no ranges and sends no headers that isolate a page. */
export class StaticHost {
  /** Texts of files that differ from those of the build, by path. */
  #changed = new Map<string, string>();
  #server: Server | undefined;
  port = 0;

  get isRunning(): boolean {
    return this.#server !== undefined;
  }

  /** Serves on the same port as before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://host').pathname
        .replace(/^\/$/, '/index.html')
        .slice(1);
      const file = join(FOLDER, path);
      if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' });
      return void response.end(this.#changed.get(path) ?? readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(this.port, resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Serves the build with changes to some files, as another build would have them: the service worker knows their hashes. */
  publish(changes: Readonly<Record<string, (text: string) => string>>): void {
    this.#changed = new Map();
    let worker = readFileSync(join(FOLDER, WORKER), 'utf8');
    for (const [path, change] of Object.entries(changes)) {
      if (path === WORKER) continue;
      const before = readFileSync(join(FOLDER, path), 'utf8');
      const after = change(before);
      this.#changed.set(path, after);
      worker = worker.replaceAll(digest(before), digest(after));
    }
    this.#changed.set(WORKER, changes[WORKER]?.(worker) ?? worker);
  }
}
