import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { HEADER_LABELS } from '../../agent/ground/gpio/open-lines.ts';
import { WiredSwitch } from '../../agent/ground/gpio/wired-switch.ts';
import { after, monotonicMs } from '../../agent/ground/time/clock.ts';
import { SimulatedPort, simulatedChip } from '../ground/gpio/simulated-port.ts';
import { startStand } from '../lab/exchange/server/stand.ts';
import { guardFiles, spawnGuard, startGuard } from './rig.ts';

const LIMIT = { timeout: 20_000 };
const TIME = { now: monotonicMs, after };
const WIRING = { labels: HEADER_LABELS, normallyClosed: 5, normallyOpen: 6, debounceUs: 5_000 };

/** A guard whose switch hangs on simulated pins. */
async function wired(t: TestContext, holder: string | null = null) {
  const stand = await startStand(t);
  const chip = simulatedChip({ path: '/dev/gpiochip4', label: 'pinctrl-rp1' });
  const port = new SimulatedPort([chip]);
  port.drive(chip, 5, 0);
  if (holder !== null) port.hold(chip, 5, holder);
  const redSwitch = new WiredSwitch({ wiring: WIRING, port: async () => port, time: TIME });
  t.after(() => redSwitch.close());
  await redSwitch.open();
  const config = { switch: 'gpio', contacts: undefined };
  const rig = await startGuard(t, { gatewayPort: stand.port, redSwitch, contacts: null, config });
  const drive = (closed: 0 | null, open: 0 | null, us = 6_000): void => {
    port.drive(chip, 5, closed);
    port.drive(chip, 6, open);
    port.pass(us);
  };
  return { rig, port, chip, drive };
}

const latchOf = (folder: string): string => readFileSync(join(folder, 'latch.json'), 'utf8');

test('a press that bounces halts once, at the first opening, and the latch says what it was', LIMIT, async (t) => {
  const { rig, drive } = await wired(t);
  assert.equal((await rig.until((status) => status.closed === null)).switch, 'gpio');
  for (let bounce = 0; bounce < 9; bounce += 1) drive(bounce % 2 === 0 ? null : 0, null, 2_000);
  assert.equal((await rig.status()).state, 'armed');
  drive(null, null);
  assert.equal((await rig.until((status) => status.state === 'tripped')).cause, 'red switch: opened');
  drive(null, 0);
  await rig.until((status) => status.halted === 'confirmed' && status.cause === 'red switch: pressed');
  while (!latchOf(rig.folder).includes('red switch: pressed')) await wait(5);
  assert.equal(rig.journal().filter(({ kind }) => kind === 'trip').length, 1);
  assert.match((await rig.ask({ do: 'reset' })).error ?? '', /the red switch is pressed/);
  drive(0, null);
  for (const act of ['reset', 'arm']) while (!(await rig.ask({ do: act })).ok) await wait(5);
  assert.equal((await rig.status()).closed, null);
});

for (const [wires, open, cause] of [
  ['that broke', null, 'broken'],
  ['that touch', 0, 'shorted'],
] as const) {
  test(`wires ${wires} halt by that name`, LIMIT, async (t) => {
    const { rig, drive } = await wired(t);
    await rig.until((status) => status.closed === null);
    drive(open, open);
    await rig.until((status) => status.halted === 'confirmed' && status.cause === `red switch: ${cause}`);
  });
}

test('lines that are lost halt; had again, they resume nothing', LIMIT, async (t) => {
  const { rig, port } = await wired(t);
  await rig.until((status) => status.closed === null);
  port.breakLines('ENODEV');
  const halted = await rig.until((status) => status.halted === 'confirmed');
  assert.match(halted.cause, /red switch: broken \(.*ENODEV/);
  assert.match(halted.switchTrouble ?? '', /ENODEV/);
  port.breakLines(null);
  const again = await rig.until((status) => status.contacts === 'normal');
  assert.deepEqual([again.state, again.switchTrouble], ['tripped', null]);
});

test('lines that somebody holds: no order passes and nothing arms until they are free', LIMIT, async (t) => {
  const { rig, port, chip, drive } = await wired(t, 'another program');
  const closed = await rig.until((status) => status.link === null);
  assert.equal(closed.state, 'armed');
  assert.match(closed.closed ?? '', /red switch is unknown \(line 5 of pinctrl-rp1 is held by another program\)/);
  await rig.ask({ do: 'halt' });
  await rig.until((status) => status.halted === 'confirmed');
  assert.match((await rig.ask({ do: 'reset' })).error ?? '', /held by another program/);
  chip.lines[5] = { driven: null, biased: 0, output: null, holder: null };
  drive(0, null);
  for (const act of ['reset', 'arm']) while (!(await rig.ask({ do: act })).ok) await wait(20);
  assert.equal(port.openFiles, 1);
});

test(
  'a guard of its own: without a chip nothing passes and it says why, without a switch it is armed and says so',
  LIMIT,
  async (t) => {
    const stand = await startStand(t);
    const config = { switch: 'gpio', contacts: undefined, switchLines: { chip: 'no-such-chip' } };
    const rig = await guardFiles(t, { gatewayPort: stand.port, config });
    const guard = await spawnGuard(t, rig);
    const closed = await rig.until((status) => status.link === null);
    assert.match(closed.closed ?? '', /the red switch is unknown \(.*chip/);
    guard.kill('SIGKILL');
    const other = await guardFiles(t, { gatewayPort: stand.port, config: { switch: 'none', contacts: undefined } });
    const { pid } = await spawnGuard(t, other);
    const open = await other.until((status) => status.closed === null);
    assert.deepEqual([open.switch, open.contacts, open.switchTrouble], ['none', 'none', null]);
    // What reads pins is loaded where there are pins.
    assert.doesNotMatch(readFileSync(`/proc/${pid}/maps`, 'latin1'), /koffi/);
    await other.ask({ do: 'halt' });
    await other.until((status) => status.halted === 'confirmed');
    for (const act of ['reset', 'arm']) while (!(await other.ask({ do: act })).ok) await wait(5);
  },
);
