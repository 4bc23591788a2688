import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Guard } from './guard.ts';

const LONGEST_LINE = 4_096;
const MOST_UNREAD = 1 << 20;
const MOST_CALLERS = 16;

interface Call {
  readonly do?: unknown;
  readonly reason?: unknown;
  readonly by?: unknown;
  readonly unconfirmed?: unknown;
}

/**
 * JSON lines on two unix sockets: `{"do":"halt","reason":"…","by":"…"}`, `status`, `watch` (a line at each change) on both;
 * `reset` and `arm` only on the one that file permissions keep for the administrator.
 */
export class Control {
  readonly #guard: Guard;
  readonly #servers: Server[] = [];
  readonly #callers = new Set<Socket>();
  readonly #watchers = new Set<Socket>();
  #told = '';

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  async start(paths: { readonly open: string; readonly admin: string }): Promise<void> {
    await this.#listen(paths.admin, 0o600, true);
    await this.#listen(paths.open, 0o666, false);
    this.#guard.onChange(() => this.#tellWatchers());
  }

  stop(): void {
    for (const caller of this.#callers) caller.destroy();
    for (const server of this.#servers) server.close();
  }

  #listen(path: string, mode: number, admin: boolean): Promise<void> {
    removeSocket(path);
    const server = createServer((socket) => this.#serve(socket, admin));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        chmodSync(path, mode);
        resolve();
      });
    });
  }

  #serve(socket: Socket, admin: boolean): void {
    if (this.#callers.size >= MOST_CALLERS) return void socket.destroy();
    this.#callers.add(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#callers.delete(socket);
      this.#watchers.delete(socket);
    });
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) void this.#answer(socket, line, admin);
      if (text.length > LONGEST_LINE) socket.destroy();
    });
  }

  async #answer(socket: Socket, line: string, admin: boolean): Promise<void> {
    const refusal = await this.#obey(socket, line, admin);
    const answer = refusal === null ? { ok: true } : { ok: false, error: refusal };
    if (!socket.destroyed) socket.write(`${JSON.stringify({ ...answer, status: this.#guard.status() })}\n`);
  }

  /** Why it was not done, or null. */
  async #obey(socket: Socket, line: string, admin: boolean): Promise<string | null> {
    const call = parsed(line);
    if (call === null) return 'not a line of JSON with something to do';
    const by = named(call.by, 'control socket');
    switch (call.do) {
      case 'status':
        return null;
      case 'watch':
        this.#watchers.add(socket);
        return null;
      case 'halt':
        await this.#guard.trip(`${named(call.reason, 'halt')} (${by})`);
        return null;
      case 'reset':
        return admin ? this.#guard.reset(by, call.unconfirmed === true) : 'only the administrator may reset';
      case 'arm':
        return admin ? this.#guard.arm(by) : 'only the administrator may arm';
      default:
        return 'there is status, watch, halt, reset and arm';
    }
  }

  #tellWatchers(): void {
    if (this.#watchers.size === 0) return;
    const line = `${JSON.stringify({ status: this.#guard.status() })}\n`;
    if (line === this.#told) return;
    this.#told = line;
    for (const watcher of this.#watchers) {
      if (watcher.writableLength > MOST_UNREAD) watcher.destroy();
      else watcher.write(line);
    }
  }
}

function parsed(line: string): Call | null {
  try {
    const call: unknown = JSON.parse(line);
    return typeof call === 'object' && call !== null ? call : null;
  } catch {
    return null;
  }
}

function named(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200) : otherwise;
}

/** One that a guard before this one left. Anything but a socket stays and makes listening fail. */
function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
