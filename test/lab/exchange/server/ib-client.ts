import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { EventName, IBApi } from '@stoqey/ib';

export interface IbEvent {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The real client, with everything that it tells. */
export class IbClient {
  readonly api: IBApi;
  readonly events: IbEvent[] = [];
  serverVersion = 0;
  nextId = 0;

  constructor(port: number, clientId: number) {
    this.api = new IBApi({ host: '127.0.0.1', port, clientId, maxReqPerSec: 10_000 });
    for (const name of Object.values(EventName)) {
      if (name === EventName.all || name === EventName.sent || name === EventName.received) continue;
      this.api.on(name as EventName.connected, (...args: unknown[]) => {
        this.events.push({ name, args: args.map((arg) => (arg instanceof Error ? arg.message : arg)) });
      });
    }
    this.api.on(EventName.server, (version: number) => {
      this.serverVersion = version;
    });
    this.api.on(EventName.nextValidId, (id: number) => {
      this.nextId = id;
    });
  }

  /** All events of a name since `from`. */
  of(name: string, from = 0): readonly IbEvent[] {
    return this.events.slice(from).filter((event) => event.name === name);
  }

  /** The first event from `from` on that is wanted; waits for it, and no longer than the test may. */
  async next(name: string, wanted: (...args: never[]) => boolean = () => true, from = 0): Promise<IbEvent> {
    for (;;) {
      const found = this.events.slice(from).find((event) => event.name === name && wanted(...(event.args as never[])));
      if (found !== undefined) return found;
      await turn();
    }
  }

  /** Whatever the client could not read of what it was sent. */
  get undecoded(): readonly IbEvent[] {
    return this.events.filter((event) => event.name === EventName.error && event.args[1] === 505);
  }
}

export async function connectIb(t: TestContext, port: number, clientId: number): Promise<IbClient> {
  const client = new IbClient(port, clientId);
  client.api.connect();
  t.after(() => client.api.disconnect());
  await client.next('info', (_text: string, code: number) => code === 2158);
  return client;
}
