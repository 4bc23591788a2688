import { isIP } from 'node:net';
import { type Document, type Read, readDocument } from './document.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface GuardConfig {
  /** Where the agent connects; port 0 = any that is free. */
  readonly listen: Address;
  /** The guard's own client id must belong to it alone. */
  readonly gateway: Address & { readonly clientId: number };
  /** Holds the latch and the journal. Nobody but the guard may write there. */
  readonly folder: string;
  readonly limits: string;
  /** The file that stands in for the contacts of the red switch. */
  readonly contacts: string;
  /** `open` may be used by everybody and only halts and tells; `admin` also resets and arms. */
  readonly control: { readonly open: string; readonly admin: string };
  /** What trading begins with after a reset; the agent is told. */
  readonly afterReset: 'reducing' | 'active';
  /** Of all clients together; 0 = no limit. */
  readonly messagesPerSecond: number;
  /** Part of it that only cancels and the guard itself may use. */
  readonly reserve: number;
  readonly journalBytes: number;
  readonly timing: Timing;
}

/** Milliseconds. */
export interface Timing {
  readonly beat: number;
  /** Silence of the gateway after which nothing may be ordered and the link is made anew. */
  readonly stale: number;
  /** How long open orders must have been none before a halt is confirmed. */
  readonly confirm: number;
  readonly retry: number;
  readonly poll: number;
  /** How long the cancel waits for the latch to be stored. */
  readonly latchPatience: number;
  /** How long the contacts must have been normal before a reset. */
  readonly settled: number;
  /** The longest that one frame may take to arrive. */
  readonly frame: number;
}

const PATH = /^\/[^\0]+$/;
const ANY_PORT = [0, 65_535] as const;
const PORT = [1, 65_535] as const;
const MEGABYTE = 1 << 20;

export function readConfig(path: string): Read<GuardConfig> {
  return readDocument(path, (root) => {
    const [listen, gateway, control] = [root.part('listen'), root.part('gateway'), root.part('control')];
    const config: GuardConfig = {
      listen: address(listen, ANY_PORT),
      gateway: { ...address(gateway, PORT), clientId: gateway.number('clientId', [1, 2_147_483_646]) },
      folder: root.text('folder', PATH, 'an absolute path'),
      limits: root.text('limits', PATH, 'an absolute path'),
      contacts: root.text('contacts', PATH, 'an absolute path'),
      control: {
        open: control.text('open', PATH, 'an absolute path'),
        admin: control.text('admin', PATH, 'an absolute path'),
      },
      afterReset: root.oneOf('afterReset', 'reducing', 'active'),
      messagesPerSecond: root.number('messagesPerSecond', [0, 1_000_000], 48),
      reserve: root.number('reserve', [2, 1_000], 8),
      journalBytes: root.number('journalMegabytes', [1, 1_000], 16) * MEGABYTE,
      timing: timing(root.part('timing', true)),
    };
    listen.end();
    gateway.end();
    control.end();
    const most = config.messagesPerSecond;
    if (most > 0 && config.reserve >= most) root.problems.push('reserve must be below messagesPerSecond');
    return config;
  });
}

function address(part: Document, ports: readonly [number, number]): Address {
  const read = { host: part.text('host', /./, 'an IP address'), port: part.number('port', ports) };
  // A name would have to be looked up, and the way to the gateway may not depend on that.
  if (read.host !== '' && isIP(read.host) === 0) part.problems.push(`"${read.host}" is a name, not an IP address`);
  return read;
}

function timing(part: Document): Timing {
  const read: Timing = {
    beat: part.number('beat', [10, 2_000], 1_000),
    stale: part.number('stale', [50, 4_000], 3_000),
    confirm: part.number('confirm', [0, 60_000], 3_000),
    retry: part.number('retry', [10, 5_000], 1_000),
    poll: part.number('poll', [5, 1_000], 200),
    latchPatience: part.number('latchPatience', [0, 50], 5),
    settled: part.number('settled', [0, 60_000], 1_000),
    frame: part.number('frame', [50, 60_000], 10_000),
  };
  part.end();
  return read;
}
