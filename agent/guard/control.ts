import type { Socket } from 'node:net';
import { sendJsonLine } from '../ground/control/json-lines.ts';
import { LineServer } from '../ground/control/line-server.ts';
import type { Guard } from './guard.ts';

/**
 * JSON lines on two unix sockets: `{"do":"halt","reason":"…","by":"…"}`, `status`, `watch` (a line at each change, and one a
 * second) on both; `reset` and `arm` only on the one that file permissions keep for the administrator.
 */
export class Control {
  readonly #guard: Guard;
  readonly #server: LineServer;

  constructor(guard: Guard) {
    this.#guard = guard;
    this.#server = new LineServer(() => ({ status: guard.status() }));
  }

  async start(paths: { readonly open: string; readonly admin: string }): Promise<void> {
    const hear = (admin: boolean) => (caller: Socket, call: unknown) => void this.#answer(caller, call, admin);
    await this.#server.start([
      { path: paths.admin, mode: 0o600, hear: hear(true) },
      { path: paths.open, mode: 0o666, hear: hear(false) },
    ]);
    this.#guard.onChange(() => this.#server.tellWatchers());
  }

  stop(): void {
    this.#server.stop();
  }

  async #answer(caller: Socket, call: unknown, admin: boolean): Promise<void> {
    const refusal = await this.#obey(caller, call, admin);
    const answer = refusal === null ? { ok: true } : { ok: false, error: refusal };
    sendJsonLine(caller, { ...answer, status: this.#guard.status() });
  }

  /** Why it was not done, or null. */
  async #obey(caller: Socket, value: unknown, admin: boolean): Promise<string | null> {
    if (typeof value !== 'object' || value === null) return 'not a line of JSON with something to do';
    const call: Record<string, unknown> = { ...value };
    const by = named(call.by, 'control socket');
    switch (call.do) {
      case 'status':
        return null;
      case 'watch':
        this.#server.watches(caller);
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
}

function named(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200) : otherwise;
}
