import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SimulatedLcd } from '../edges/hardware/gpio/display/simulated-lcd.ts';
import { ROOT } from '../run-node.ts';

/** A folder with the files of the kernel's LED class, as they are when the box has just been switched on. */
function box(t: TestContext, names: readonly string[] = ['system', 'trading', 'research', 'fault']) {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-lights-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const of = (name: string, file: string): string => join(folder, 'leds', `wheelhouse:${name}`, file);
  mkdirSync(join(folder, 'leds'));
  for (const name of names) {
    mkdirSync(join(folder, 'leds', `wheelhouse:${name}`));
    writeFileSync(of(name, 'brightness'), name === 'fault' ? '1\n' : '0\n');
    writeFileSync(of(name, 'trigger'), 'heartbeat\n');
  }
  const standsIn = (state: string): void => {
    writeFileSync(join(folder, 'systemctl'), `#!/bin/sh\necho ${state}\n`, { mode: 0o755 });
  };
  const run = (call: string, result?: string): void => {
    const env = {
      PATH: `${folder}:${process.env.PATH}`,
      WHEELHOUSE_LEDS: join(folder, 'leds'),
      WHEELHOUSE_ENDS: join(folder, 'ends'),
      RUNTIME_DIRECTORY: folder,
    };
    const ran = spawnSync(join(ROOT, 'systemd/lights'), call.split(' '), {
      env: result === undefined ? env : { ...env, SERVICE_RESULT: result },
      encoding: 'utf8',
    });
    assert.deepEqual([ran.status, ran.stderr], [0, '']);
  };
  const lit = (name: string): boolean => readFileSync(of(name, 'brightness'), 'utf8').trim() === '1';
  return { run, lit, standsIn, folder, set: (name: string) => writeFileSync(of(name, 'brightness'), '1\n'), of };
}

test('the fault light goes out when the agent runs, and not before', (t) => {
  const { run, lit } = box(t);
  run('started guard');
  assert.ok(lit('fault'));
  run('started agent');
  assert.ok(!lit('fault'));
});

test('a service that ended badly lights the fault until it runs again; a stale light goes out with the agent', (t) => {
  const { run, lit, set, of } = box(t);
  run('started agent');
  set('trading');
  run('ended agent', 'watchdog');
  assert.deepEqual([lit('fault'), lit('trading')], [true, false]);
  assert.equal(readFileSync(of('trading', 'trigger'), 'utf8'), 'none\n');
  run('started agent');
  assert.ok(!lit('fault'));
});

test('while the guard is down the fault stays lit, whatever the agent does; given up counts as down', (t) => {
  const { run, lit, standsIn } = box(t);
  run('started agent');
  standsIn('activating');
  run('failed guard');
  assert.ok(!lit('fault'), 'it is on its way back');
  standsIn('failed');
  run('failed guard');
  run('started agent');
  assert.ok(lit('fault'));
  run('started guard');
  run('started agent');
  assert.ok(!lit('fault'));
});

test('stopped as asked, all lights are off; a box without lights is no trouble', (t) => {
  const { run, lit, set } = box(t);
  set('trading');
  run('ended agent', 'success');
  assert.deepEqual(['system', 'trading', 'research', 'fault'].map(lit), [false, false, false, false]);
  box(t, []).run('ended agent', 'oom-kill');
});

test('a text display is dark once the agent has ended, however it was left; what is no address is no address', (t) => {
  const { run, folder } = box(t);
  const sent = join(folder, 'sent');
  writeFileSync(join(folder, 'i2ctransfer'), `#!/bin/sh\necho "$*" > ${sent}\n`, { mode: 0o755 });
  run('ended agent', 'watchdog');
  writeFileSync(join(folder, 'display'), '1 0x27; reboot\n');
  run('ended agent', 'watchdog');
  assert.ok(!existsSync(sent));
  writeFileSync(join(folder, 'display'), '1 0x27\n');
  run('started agent');
  assert.ok(!existsSync(sent));
  run('ended agent', 'watchdog');
  const [flag, bus, to, ...bytes] = readFileSync(sent, 'utf8').trim().split(' ');
  assert.deepEqual([flag, bus, to], ['-y', '1', `w${bytes.length}@0x27`]);
  const lcd = new SimulatedLcd();
  for (const text of ['left whole', 'left in half']) {
    lcd.writeNow(Uint8Array.of(0x34, 0x30, 0x34, 0x30, 0x34, 0x30, 0x24, 0x20, 0x04, 0x00, 0xc4, 0xc8));
    if (text === 'left in half') lcd.disturb();
    assert.deepEqual([lcd.on, lcd.lit], [true, true], text);
    lcd.writeNow(Uint8Array.from(bytes.map(Number)));
    assert.deepEqual([lcd.on, lcd.lit], [false, false], text);
  }
});
