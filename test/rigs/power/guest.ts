import { openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { ReadStream } from 'node:tty';
import { crc32 } from 'node:zlib';
import { Appliance } from '../../../agent/compose/appliance.ts';
import { loadConfiguration } from '../../../agent/config/load.ts';
import { LevelStore } from '../../../agent/edges/store/level/level-store.ts';
import { recordText } from '../../../agent/edges/store/record-text.ts';
import { HostClock } from '../../../agent/edges/system/host/clock.ts';
import { hostLog } from '../../../agent/edges/system/host/log.ts';
import { askOnce, onJsonLine, sendJsonLine } from '../../../agent/ground/control/json-lines.ts';
import type { GuardStatus } from '../../../agent/guard/status.ts';
import { LINES } from '../machine/small-system.ts';
import type { GuestLine, HostLine } from './lines.ts';

/*
 * What runs inside the machine: `wheelhouse run` on the clock of the simulated exchange, and a witness of what it was told to be
 * stored. Nothing is said before it is true, so that whoever reads the lines may hold the disk against them.
 *   guest.js SETTINGS FOLDER TOKEN, in the folder the sockets and the contacts of the guard
 */

const [settings = '', folder = '', token = ''] = process.argv.slice(2);
const LONGEST_LINE = 1 << 20;
const AGAIN_MS = 20;
const PATIENCE_MS = 10_000;
/** Of its own: whoever reads from a terminal makes it one that may refuse what is written. */
const line = openSync(LINES, 'w');

function say(value: GuestLine): void {
  writeSync(line, `${JSON.stringify(value)}\n`);
}

let batches = 0;
const commit = LevelStore.prototype.commit;
LevelStore.prototype.commit = async function (this: LevelStore, writes, durability) {
  batches += 1;
  const batch = batches;
  const records = writes.map((write) => {
    return [`${write.table}/${write.key}`, 'put' in write ? crc32(recordText(write.put)) : null] as const;
  });
  say({ kind: 'writes', batch, synced: durability === 'sync', records });
  await commit.call(this, writes, durability);
  if (durability === 'sync') say({ kind: 'stored', batch });
};

const told = createInterface({ input: new ReadStream(openSync(LINES, 'r')) });
const begin = Promise.withResolvers<Extract<HostLine, { kind: 'begin' }>>();
told.on('line', (text) => {
  const heard = JSON.parse(text) as HostLine;
  if (heard.kind === 'begin') begin.resolve(heard);
  if (heard.kind === 'contacts') renew('contacts', `${heard.levels}\n`);
  if (heard.kind === 'rearm') void rearm();
});

watchGuard();
const checked = await loadConfiguration(settings);
if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
const configuration = checked.value;
say({ kind: 'hello' });
const { speed, market } = await begin.promise;
const pace = { clock: new HostClock({ speed, anchor: { real: Date.now(), market } }), speed };
const log = await hostLog({ ...configuration.settings.log, secrets: [] });
const appliance = new Appliance({ configuration, token, panel: null, log, pace });
try {
  await appliance.start(async () => say({ kind: 'page' }));
  say({ kind: 'ready' });
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  say({ kind: 'failed', code: code ?? '', message });
}

/** What a person does on the box after a halt. */
async function rearm(): Promise<void> {
  for (const what of ['reset', 'arm']) {
    const call = { do: what, by: 'rig' };
    const answer = await askOnce(`${folder}/admin.sock`, call, PATIENCE_MS).catch((error: Error) => ({
      error: error.message,
    }));
    const { error } = answer as { error?: string };
    if (error !== undefined) return say({ kind: 'rearmed', refusal: `${what}: ${error}` });
  }
  say({ kind: 'rearmed', refusal: null });
}

function renew(name: string, text: string): void {
  writeFileSync(`${folder}/${name}.new`, text);
  renameSync(`${folder}/${name}.new`, `${folder}/${name}`);
}

/** Told of each change of its state once it is on the disk, or that it is not yet. */
function watchGuard(): void {
  let before = '';
  const socket = connect(`${folder}/open.sock`, () => sendJsonLine(socket, { do: 'watch' }));
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(watchGuard, AGAIN_MS));
  onJsonLine(socket, LONGEST_LINE, (value) => {
    const { status } = value as { status: GuardStatus };
    const { state, since, latch, halted, closed, today } = status;
    const now: GuestLine = {
      ...{ kind: 'guard', state, since, stored: latch === null, halted, closed, orders: today.orders },
    };
    if (JSON.stringify(now) === before) return;
    before = JSON.stringify(now);
    say(now);
  });
}
