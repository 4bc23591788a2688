import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import type { Settings } from '../../agent/config/schema.ts';
import { lookAtBoard } from '../../agent/doctor/board.ts';
import { lookAtChip } from '../../agent/doctor/chip.ts';
import { lookAtI2c } from '../../agent/doctor/i2c.ts';
import { lookAtWires } from '../../agent/doctor/lines.ts';
import { lookAtSwitch } from '../../agent/doctor/red-switch.ts';
import { lookAtSpi } from '../../agent/doctor/spi.ts';
import { wiresOf } from '../../agent/doctor/wires.ts';
import { probeI2c } from '../../agent/ground/gpio/i2c-probe.ts';
import { HEADER_LABELS } from '../../agent/ground/gpio/open-lines.ts';
import type { RedSwitch } from '../../agent/ground/gpio/red-switch.ts';
import type { GuardStatus } from '../../agent/guard/status.ts';
import { BOARDS, madeUpBox, model } from './made-up-box.ts';
import { hardware } from './settings.ts';

const NOBODY = { agent: false, guard: false };
const SWITCH: RedSwitch = {
  kind: 'gpio',
  contacts: '',
  wiring: { labels: HEADER_LABELS, normallyClosed: 5, normallyOpen: 6, debounceUs: 5_000 },
};

const WIRED = hardware({ lights: { system: [22, 17, 27], trading: [24] }, button: { line: 4 } });

test('each board is named with the chip of its header, and its lines are free until our programs hold them', async (t) => {
  for (const [name, chip] of Object.entries(BOARDS)) {
    const { box, port, chip: made } = madeUpBox(t, { files: model(name), chip });
    const wires = wiresOf(WIRED, SWITCH);
    assert.deepEqual(await lookAtBoard(box), { state: 'ok', found: name, mend: null });
    const found = await lookAtChip(box, wires);
    assert.deepEqual([found.state, found.found], ['ok', `${chip.label}, ${chip.count} lines (/dev/gpiochip0)`]);
    const free = await lookAtWires(box, wires, NOBODY);
    assert.equal(free.state, 'ok');
    assert.match(free.found, /^free: 5 \(red switch, closed contact\), 6 .*4 \(mode button\), 22 \(system light red\)/);
    for (const line of [5, 6]) port.hold(made, line, 'wheelhouse-switch');
    port.hold(made, 4, 'wheelhouse-button');
    for (const line of [22, 17, 27, 24]) port.hold(made, line, 'wheelhouse-lights');
    const held = await lookAtWires(box, wires, { agent: true, guard: true });
    assert.deepEqual([held.state, held.found.startsWith('ours: 5'), port.openFiles], ['ok', true, 0]);
  }
});

test('a board that is not known is named and nothing is guessed; a desk machine is no failure', async (t) => {
  const unknown = madeUpBox(t, { files: model('Radxa ROCK 5B'), chip: { label: 'rockchip,gpio' } });
  const board = await lookAtBoard(unknown.box);
  assert.equal(board.state, 'warning');
  assert.match(board.found, /^Radxa ROCK 5B: not one of .* nothing is guessed/);
  assert.match((await lookAtChip(unknown.box, [])).found, /^not here: .*rockchip,gpio/);
  assert.equal((await lookAtChip(unknown.box, wiresOf(WIRED, null))).state, 'failed');
  const desk = madeUpBox(t, { files: { '/sys/class/dmi/id/product_name': 'ThinkCentre M75q\n' } });
  assert.equal((await lookAtBoard(desk.box)).found, 'not a Raspberry Pi, but ThinkCentre M75q');
  const none = hardware({});
  for (const finding of [
    await lookAtChip(desk.box, []),
    await lookAtWires(desk.box, [], NOBODY),
    await lookAtSpi(desk.box, none.strip),
    await lookAtI2c(desk.box, none.display, async () => undefined),
  ])
    assert.equal(finding.state, 'ok', finding.found);
  const wanting = await lookAtChip(desk.box, wiresOf(WIRED, SWITCH));
  assert.deepEqual(
    [wanting.state, wanting.found],
    ['failed', 'this machine has no GPIO chip, but 7 lines are configured'],
  );
});

test('a line that somebody else holds is named with its holder, one that is free although its program runs is told', async (t) => {
  const made = madeUpBox(t, { files: model('Raspberry Pi 5 Model B Rev 1.0'), chip: { label: 'pinctrl-rp1' } });
  const wires = wiresOf(WIRED, SWITCH);
  made.port.hold(made.chip, 24, 'spi0 CS0');
  const taken = await lookAtWires(made.box, wires, NOBODY);
  assert.equal(taken.state, 'failed');
  assert.match(taken.found, /^line 24 \(trading light\) is held by spi0 CS0; free: 5 /);
  const idle = await lookAtWires(made.box, wires.slice(0, 2), { agent: false, guard: true });
  assert.equal(idle.state, 'warning');
  assert.match(idle.mend ?? '', /restart wheelhouse-guard/);
  const denied = madeUpBox(t, { chip: { label: 'pinctrl-rp1', refuses: 'EACCES' } });
  for (const finding of [await lookAtChip(denied.box, wires), await lookAtWires(denied.box, wires, NOBODY)]) {
    assert.equal(finding.state, 'warning');
    assert.match(finding.mend ?? '', /as root/);
  }
  chmodSync(made.box.at('/dev/gpiochip0'), 0o600);
  const closed = await lookAtChip(made.box, wires);
  assert.match(
    `${closed.state} ${closed.found}`,
    /^warning .*the group of \/dev\/gpiochip0 may not use it \(mode 600\)/,
  );
});

test('the red switch is told in its four states: by the guard, by the lines where none runs, and `none` is a warning', async (t) => {
  const { box, port, chip } = madeUpBox(t, { chip: { label: 'pinctrl-bcm2711' } });
  const seen: string[] = [];
  for (const levels of [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ] as const) {
    port.drive(chip, 5, levels[0]);
    port.drive(chip, 6, levels[1]);
    const { state, found } = await lookAtSwitch(box, SWITCH, null);
    seen.push(`${state} ${found.split(':')[0]}`);
  }
  assert.deepEqual(seen, ['ok normal', 'warning pressed', 'failed broken', 'failed shorted']);
  port.hold(chip, 5, 'w1-gpio');
  assert.match((await lookAtSwitch(box, SWITCH, null)).found, /line 5 of pinctrl-bcm2711 is held by w1-gpio/);
  const status = { contacts: 'broken', switch: 'gpio', switchTrouble: 'this machine has no GPIO chip' } as GuardStatus;
  const without = await lookAtSwitch(box, SWITCH, status);
  assert.deepEqual([without.state, without.found], ['failed', 'it cannot be read: this machine has no GPIO chip']);
  const file = await lookAtSwitch(box, { ...SWITCH, kind: 'file' }, null);
  assert.deepEqual([file.state, file.found], ['warning', 'a file stands in for it']);
  const none = await lookAtSwitch(box, { ...SWITCH, kind: 'none' }, null);
  assert.deepEqual([none.state, /only software can halt/.test(none.found)], ['warning', true]);
});

test('the strip has its device, a clock that it can follow, and pictures that the driver takes whole', async (t) => {
  const mhz = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const at = '/sys/bus/spi/devices/spi0.0/of_node/spi-max-frequency';
  const { box } = madeUpBox(t, { files: { '/dev/spidev0.0': '', [at]: mhz(3_200_000) } });
  const strip = (changes: object): Settings['hardware']['strip'] =>
    hardware({ strip: { kind: 'ws2812', ...changes } }).strip;
  assert.equal((await lookAtSpi(box, strip({}))).state, 'ok');
  const many = await lookAtSpi(box, strip({ leds: 300, kind: 'ws2812' }));
  assert.deepEqual([many.state, (await lookAtSpi(box, strip({ leds: 300, kind: 'apa102' }))).state], ['ok', 'ok']);
  const small = madeUpBox(t, {
    files: { '/dev/spidev0.0': '', '/sys/module/spidev/parameters/bufsiz': '2048\n', [at]: mhz(125e6) },
  });
  const wrong = await lookAtSpi(small.box, strip({ leds: 300 }));
  assert.match(
    `${wrong.state} ${wrong.found}`,
    /^failed .*125 MHz.*a picture has \d+ bytes, and the driver takes 2048/,
  );
  assert.equal((await lookAtSpi(box, strip({ device: '/dev/spidev9.0' }))).state, 'failed');
});

test('the display is looked for at its address, without writing to it', async (t) => {
  const { box, root } = madeUpBox(t, { files: { '/dev/i2c-1': '' } });
  const { display } = hardware({ display: { kind: 'lcd' } });
  const asked: unknown[] = [];
  const answering = await lookAtI2c(box, display, async (...place) => void asked.push(place));
  assert.deepEqual(
    [answering.found, asked],
    ['the display answers at 0x27 on /dev/i2c-1', [[`${root}/dev/i2c-1`, 0x27]]],
  );
  const silent = await lookAtI2c(box, display, async () => {
    throw Object.assign(new Error('EREMOTEIO'), { code: 'EREMOTEIO' });
  });
  assert.deepEqual([silent.state, /i2cdetect/.test(silent.mend ?? '')], ['failed', true]);
  assert.equal((await lookAtI2c(madeUpBox(t).box, display, async () => undefined)).state, 'failed');
  // No bus, but the kernel is asked.
  await assert.rejects(probeI2c('/dev/null', 0x27), { code: 'ENOTTY' });
});
