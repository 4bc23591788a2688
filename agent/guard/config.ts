import { isIP } from 'node:net';
import { ABSOLUTE_PATH, type Document, type Read, readDocument } from '../ground/files/document.ts';
import { redSwitchIn } from '../ground/gpio/switch-document.ts';
import { closePositions } from './closing/close-positions.ts';

const ANY_PORT = [0, 65_535] as const;
const PORT = [1, 65_535] as const;
const MEGABYTE = 1 << 20;

export type GuardConfig = ReturnType<typeof shape>;

export function readConfig(path: string): Read<GuardConfig> {
  return readDocument(path, shape);
}

function shape(root: Document) {
  const [listen, gateway, control] = [root.part('listen'), root.part('gateway'), root.part('control')];
  const path = (part: Document, key: string): string => part.text(key, ABSOLUTE_PATH, 'an absolute path');
  const config = {
    /** Where the agent connects; port 0 = any that is free. */
    listen: address(listen, ANY_PORT),
    /** The guard's own client id must belong to it alone. */
    gateway: { ...address(gateway, PORT), clientId: gateway.number('clientId', [1, 2_147_483_646]) },
    /** Holds the latch and the journal. Nobody but the guard may write there. */
    folder: path(root, 'folder'),
    limits: path(root, 'limits'),
    redSwitch: redSwitchIn(root),
    /** `open` may be used by everybody and only halts and tells; `admin` also resets and arms. */
    control: { open: path(control, 'open'), admin: path(control, 'admin') },
    /** What trading begins with after a reset; the agent is told. */
    afterReset: root.oneOf('afterReset', 'reducing', 'active'),
    /** Of all clients together; 0 = no limit. */
    messagesPerSecond: root.number('messagesPerSecond', [0, 1_000_000], 48),
    /** Part of it that only cancels and the guard itself may use. */
    reserve: root.number('reserve', [2, 1_000], 8),
    journalBytes: root.number('journalMegabytes', [1, 1_000], 16) * MEGABYTE,
    /** Absent = never: a halt leaves positions as they are. */
    closePositions: root.has('closePositions') ? closePositions(root.part('closePositions')) : null,
    timing: timing(root.part('timing', true)),
  };
  const most = config.messagesPerSecond;
  if (most > 0 && config.reserve >= most) root.problems.push('reserve must be below messagesPerSecond');
  return config;
}

function address(part: Document, ports: readonly [number, number]) {
  const read = { host: part.text('host', /./, 'an IP address'), port: part.number('port', ports) };
  // A name would have to be looked up, and the way to the gateway may not depend on that.
  if (read.host !== '' && isIP(read.host) === 0) part.problems.push(`"${read.host}" is a name, not an IP address`);
  return read;
}

/** Milliseconds. */
function timing(part: Document) {
  return {
    beat: part.number('beat', [10, 2_000], 1_000),
    /** Silence of the gateway after which nothing may be ordered and the link is made anew. */
    stale: part.number('stale', [50, 4_000], 3_000),
    /** How long open orders must have been none before a halt is confirmed. */
    confirm: part.number('confirm', [0, 60_000], 3_000),
    retry: part.number('retry', [10, 5_000], 1_000),
    poll: part.number('poll', [5, 1_000], 200),
    /** How long the cancel waits for the latch to be stored. */
    latchPatience: part.number('latchPatience', [0, 50], 5),
    /** How long the contacts must have been normal before a reset. */
    settled: part.number('settled', [0, 60_000], 1_000),
    /** The longest that one frame may take to arrive. */
    frame: part.number('frame', [50, 60_000], 10_000),
  };
}
