import type { GuardStatus } from '../../../agent/guard/status.ts';
import type { Box } from './box.ts';

/** Lines of the pin plan. */
const CLOSED = 5;
const OPEN = 6;

/** Contacts of the switch: the first one opens when it is pressed, the second one closes. */
export const CONTACTS = {
  normal: [
    [OPEN, null],
    [CLOSED, 0],
  ],
  pressed: [
    [CLOSED, null],
    [OPEN, 0],
  ],
  broken: [
    [OPEN, null],
    [CLOSED, null],
  ],
  shorted: [
    [CLOSED, 0],
    [OPEN, 0],
  ],
} as const;

/** As a switch of cheap make is pressed. */
export const BOUNCING = [
  ...[CLOSED, CLOSED, CLOSED, CLOSED, CLOSED].map((line, index) => [line, index % 2 === 0 ? null : 0] as const),
  ...[OPEN, OPEN, OPEN].map((line, index) => [line, index % 2 === 0 ? 0 : null] as const),
];

export const EXCHANGE_PORT = 4002;
export const TAP_PORT = 4003;
export const GUARD_PORT = 4100;
const FOLDER = '/run/guard';
export const SOCKETS = { open: `${FOLDER}/open.sock`, admin: `${FOLDER}/admin.sock` };

const LIMITS = {
  account: 'DU0000001',
  symbols: ['SPY'],
  secTypes: ['OPT', 'BAG', 'STK'],
  ordersPerMinute: 1_000,
  ordersPerDay: 10_000,
  contractsPerOrder: 10,
  contractsPerDay: 10_000,
  notionalPerOrder: 1_000_000,
  notionalPerDay: 1_000_000_000,
  shortCalls: 'any',
};

/** The bundled guard in the machine, with its switch on the lines. */
export class GuardThere {
  readonly #box: Box;

  constructor(box: Box) {
    this.#box = box;
  }

  /** Armed, as after a day without a halt. @param uid whose process it is; absent = the superuser's */
  async start(uid?: number): Promise<void> {
    const config = {
      listen: { host: '127.0.0.1', port: GUARD_PORT },
      gateway: { host: '127.0.0.1', port: TAP_PORT, clientId: 900 },
      ...{ folder: FOLDER, limits: '/run/limits.json', switch: 'gpio', control: SOCKETS, afterReset: 'reducing' },
      timing: { confirm: 100, settled: 100, retry: 100 },
    };
    await this.#box.do('write', {
      [`${FOLDER}/latch.json`]: '{"state":"armed","cause":"the rig","at":"2026-11-18T15:00:00.000Z"}\n',
      '/run/guard.json': JSON.stringify(config),
      '/run/limits.json': JSON.stringify(LIMITS),
    });
    const owner = uid ?? 0;
    for (const path of [FOLDER, `${FOLDER}/latch.json`]) await this.#box.do('give', { path, uid: owner });
    const args = ['/app/guard/main.js', '--config', '/run/guard.json'];
    const user = uid === undefined ? {} : { uid };
    const said = await this.#box.do('start', { name: 'guard', args, ready: 'guard: listens', ...user });
    if (!said.includes('guard: listens')) throw new Error(`the guard said: ${said}`);
  }

  end(): Promise<{ how: string; ms: number }> {
    return this.#box.do('end', { name: 'guard', signal: 'SIGTERM' });
  }

  async status(): Promise<GuardStatus> {
    return (await this.#box.do('ask', { socket: SOCKETS.open, call: { do: 'status' } })).status;
  }

  until(what: string, holds: (status: GuardStatus) => boolean): Promise<GuardStatus> {
    return this.#box.until(what, () => this.status(), holds);
  }

  passes(): Promise<GuardStatus> {
    return this.until('orders pass', ({ closed }) => closed === null);
  }

  /** What the administrator says, who does not wait until the halt is confirmed; answers why it was refused, or null. */
  async tell(what: 'reset' | 'arm'): Promise<string | null> {
    const { ok, error } = await this.#box.do('ask', {
      socket: SOCKETS.admin,
      call: { do: what, by: 'the rig', unconfirmed: true },
    });
    return ok ? null : (error ?? 'refused');
  }

  /** The switch let go, and both deliberate acts done. */
  async rearm(): Promise<void> {
    await this.#box.do('drive', CONTACTS.normal);
    await this.#box.until(
      'it is reset',
      () => this.tell('reset'),
      (refusal) => refusal === null,
    );
    await this.#box.until(
      'it is armed',
      () => this.tell('arm'),
      (refusal) => refusal === null,
    );
    await this.passes();
  }

  /** How often it has been tripped since it was installed. */
  async trips(): Promise<number> {
    const journal = await this.#box.do('read', `${FOLDER}/journal.jsonl`);
    return journal.split('\n').filter((line) => line.includes('"kind":"trip"')).length;
  }
}
