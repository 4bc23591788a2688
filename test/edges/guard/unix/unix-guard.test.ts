import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { GuardStanding } from '../../../../agent/edges/guard/guard.ts';
import { standingIn } from '../../../../agent/edges/guard/unix/status-line.ts';
import { UnixGuard } from '../../../../agent/edges/guard/unix/unix-guard.ts';
import { HostClock } from '../../../../agent/edges/system/host/clock.ts';
import { silentLog } from '../../../../agent/edges/system/log.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { type Rig, startGuard } from '../../../guard/rig.ts';
import { startStand } from '../../../lab/exchange/server/stand.ts';

const LIMIT = { timeout: 20_000 };

function until(guard: UnixGuard, wanted: (standing: GuardStanding) => boolean): Promise<GuardStanding> {
  return new Promise((resolve) => {
    const look = (standing: GuardStanding): void => {
      if (!wanted(standing)) return;
      leave();
      resolve(standing);
    };
    const leave = guard.onChange(look);
    look(guard.standing);
  });
}

async function watching(t: TestContext, path: string): Promise<UnixGuard> {
  const guard = new UnixGuard({ path, clock: new HostClock(), log: silentLog });
  t.after(() => guard.stop());
  await guard.start();
  return guard;
}

async function guarded(t: TestContext): Promise<{ rig: Rig; guard: UnixGuard; stop: () => void }> {
  const stand = await startStand(t);
  const rig = await startGuard(t, { gatewayPort: stand.port });
  await rig.agent();
  return { rig, guard: await watching(t, join(rig.folder, 'open.sock')), stop: () => rig.control.stop() };
}

/** One that says what it is told to, and keeps what it heard. */
async function scripted(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'scripted-guard-'));
  const path = join(folder, 'open.sock');
  const heard: string[] = [];
  const callers: Socket[] = [];
  const server = createServer((caller) => {
    callers.push(caller);
    caller.on('error', () => undefined).on('data', (chunk) => heard.push(...String(chunk).trim().split('\n')));
  });
  t.after(() => {
    for (const caller of callers) caller.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const listen = () => new Promise<void>((resolve) => server.listen(path, resolve));
  const say = (line: unknown) => callers.at(-1)?.write(`${JSON.stringify(line)}\n`);
  return { path, heard, callers, listen, say };
}

const SAYS_ARMED = {
  status: {
    state: 'armed',
    cause: 'test',
    closed: null,
    halted: null,
    working: [],
    agent: 'connected',
    afterReset: 'active',
  },
};

async function condition(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('an armed guard through which the program is not connected lets no order pass: they would go around it', () => {
  const { status } = SAYS_ARMED;
  for (const agent of ['absent', undefined]) {
    assert.match(standingIn({ status: { ...status, agent } })?.closed ?? '', /not connected to the broker through it/);
  }
  assert.equal(standingIn({ status: { ...status, agent: 'connected' } })?.closed, null);
});

test('what everybody must know of the red switch is said in words', () => {
  const { status } = SAYS_ARMED;
  const said = (changes: object) => {
    const standing = standingIn({ status: { ...status, ...changes } });
    return [standing?.redSwitch, standing?.switchNote];
  };
  const wired = { switch: 'gpio', switchTrouble: null };
  assert.deepEqual(said({ ...wired, contacts: 'normal' }), ['normal', null]);
  assert.deepEqual(said({ ...wired, contacts: 'opened' }), ['pressed', null]);
  assert.deepEqual(said({ ...wired, contacts: 'unknown', switchTrouble: 'no chip' }), [
    'unknown',
    'The red switch cannot be read: no chip.',
  ]);
  assert.deepEqual(said({ switch: 'none', contacts: 'none', switchTrouble: null }), [
    'none',
    'There is no red switch: only HALT stops orders.',
  ]);
  assert.deepEqual(said({ contacts: 7 }), ['unknown', 'It is not known whether there is a red switch.']);
});

test('it says what the guard says, and a halt trips the guard', LIMIT, async (t) => {
  const { rig, guard } = await guarded(t);
  assert.deepEqual(guard.standing, {
    ...{
      state: 'armed',
      closed: null,
      cause: 'test',
      halted: null,
      working: null,
      unstored: null,
      redSwitch: 'normal',
      switchNote: 'No red switch is wired, a file stands in for it: only HALT stops orders.',
      afterReset: 'reducing',
    },
  });
  assert.equal(await guard.halt('dentist', 'page'), null);
  assert.match((await rig.status()).cause, /^dentist \(page\)$/);
  const confirmed = await until(guard, ({ halted }) => halted === 'confirmed');
  assert.equal(confirmed.state, 'tripped');
  assert.match(confirmed.closed ?? '', /halted/);
});

test('a press is seen, and so are the reset and the second act', LIMIT, async (t) => {
  const { rig, guard } = await guarded(t);
  rig.press();
  assert.match((await until(guard, ({ state }) => state === 'tripped')).cause, /red switch: pressed/);
  rig.release();
  await rig.until((status) => status.halted === 'confirmed' && status.contacts === 'normal');
  while (!(await rig.ask({ do: 'reset', by: 'test' })).ok);
  assert.match((await until(guard, ({ state }) => state === 'prep')).closed ?? '', /not armed/);
  await rig.ask({ do: 'arm', by: 'test' });
  assert.equal((await until(guard, ({ state }) => state === 'armed')).closed, null);
});

test('a guard that is gone is unreachable at once', LIMIT, async (t) => {
  const { guard, stop } = await guarded(t);
  stop();
  const lost = await until(guard, ({ state }) => state === 'unreachable');
  assert.match(lost.closed ?? '', /does not answer/);
  assert.match(lost.switchNote ?? '', /a file stands in for it/);
  assert.equal(lost.afterReset, 'reducing');
});

test('a halt that nobody heard is told as soon as the guard answers', LIMIT, async (t) => {
  const other = await scripted(t);
  const clock = new ManualClock(0);
  const guard = new UnixGuard({ path: other.path, clock, log: silentLog });
  t.after(() => guard.stop());
  const started = guard.start();
  await until(guard, ({ cause }) => cause.includes('ENOENT'));
  const answered = guard.halt('dentist', 'page');
  await clock.advanceTo(2_000);
  await started;
  assert.match((await answered) ?? '', /no answer within 2 s/);
  await other.listen();
  await clock.advanceTo(2_500);
  await condition(() => other.heard.length >= 2);
  assert.deepEqual(other.heard.slice(0, 2), ['{"do":"halt","reason":"dentist","by":"page"}', '{"do":"watch"}']);
});

test('a guard that is silent for three seconds is unreachable, although its socket is open', LIMIT, async (t) => {
  const other = await scripted(t);
  await other.listen();
  const clock = new ManualClock(0);
  const guard = new UnixGuard({ path: other.path, clock, log: silentLog });
  t.after(() => guard.stop());
  void guard.start();
  await condition(() => other.heard.length > 0);
  other.say(SAYS_ARMED);
  await until(guard, ({ state }) => state === 'armed');
  await clock.advanceTo(2_999);
  assert.equal(guard.standing.state, 'armed');
  await clock.advanceTo(3_001);
  assert.match(guard.standing.cause, /silent for 3 s/);
});

test('nonsense is never good news', LIMIT, async (t) => {
  const other = await scripted(t);
  await other.listen();
  const guard = new UnixGuard({ path: other.path, clock: new HostClock(), log: silentLog });
  t.after(() => guard.stop());
  void guard.start();
  await condition(() => other.heard.length > 0);
  other.say(SAYS_ARMED);
  await until(guard, ({ state }) => state === 'armed');
  other.say({ status: { state: 'splendid' } });
  await until(guard, ({ state }) => state === 'unreachable');
  for (const line of [undefined, null, 7, {}, { status: null }, { status: { state: 'open' } }]) {
    assert.equal(standingIn(line), null);
  }
  const strange = standingIn({ status: { state: 'tripped', halted: 'yes', working: 'some' } });
  assert.deepEqual([strange?.halted, strange?.working, strange?.closed], ['UNCONFIRMED', null, 'not said']);
});
