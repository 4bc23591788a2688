import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HardwareParts, hardwarePanel } from '../../agent/compose/hardware.ts';
import { wiredPanel } from '../../agent/compose/wired-panel.ts';
import { checkDocument } from '../../agent/config/document.ts';
import { SETTINGS, type Settings } from '../../agent/config/schema.ts';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { HostClock } from '../../agent/edges/system/host/clock.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { snapshot } from '../edges/status/snapshot-fixture.ts';

const SILENT = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT } as HardwareParts['log'];

function settings(text: string): Settings['hardware'] {
  const { value, problems } = checkDocument({ file: 'test', text: `hardware:\n${text}` }, SETTINGS);
  assert.deepEqual(problems, []);
  assert.ok(value !== null);
  return value.hardware;
}

function parts(t: TestContext): HardwareParts & { told: string[]; kernelLeds: string } {
  const kernelLeds = mkdtempSync(`${tmpdir()}/leds-`);
  t.after(() => rmSync(kernelLeds, { recursive: true }));
  const told: string[] = [];
  const nothing = (): void => undefined;
  return {
    ...{ clock: new HostClock(), log: SILENT, onReset: nothing, onShutdown: nothing, told, kernelLeds },
    onConnection: ({ name, state, detail }) => told.push(`${name} ${state}: ${detail}`),
  };
}

test('by default nothing is wired', async (t) => {
  assert.equal(wiredPanel(settings('  chip: auto'), parts(t)), null);
  assert.equal(await hardwarePanel(settings('  chip: auto'), parts(t)), null);
});

test('what is wired shows the same record, and what is not there is a connection with trouble that trading can do without', async (t) => {
  const box = parts(t);
  const led = join(box.kernelLeds, 'wheelhouse:trading');
  mkdirSync(led);
  writeFileSync(join(led, 'max_brightness'), '1');
  writeFileSync(join(led, 'trigger'), '[none] timer');
  writeFileSync(join(led, 'brightness'), '0');
  const strip = join(box.kernelLeds, 'leds0');
  writeFileSync(strip, '');
  const panel = wiredPanel(
    settings(`
  chip: no such chip
  lights: { trading: ["wheelhouse:trading"], nightFrom: "00:00", nightUntil: "00:00" }
  button: { line: 4 }
  strip: { kind: ws2812-pio, device: ${strip}, leds: 3 }
  display: { kind: lcd, device: ${strip}-absent, encoder: [16, 26] }`),
    box,
  );
  assert.ok(panel !== null);
  await panel.start();
  panel.show(snapshot());
  for (let tries = 0; tries < 500 && readFileSync(strip)[1] !== 255; tries += 1) await sleep(2);
  assert.equal(readFileSync(strip).toString('hex', 0, 4), '00ff0000');
  assert.equal(readFileSync(join(led, 'brightness'), 'latin1').trim().split('\n').at(-1), '1');
  await panel.stop();
  assert.equal(readFileSync(strip).toString('hex'), '00'.repeat(12));
  assert.deepEqual(box.told.map((line) => line.split(':')[0]).sort(), [
    ...['Button warning', 'Display warning', 'Encoder warning', 'Lights ok', 'Strip ok'],
  ]);
  assert.ok(box.told.some((line) => /^Display warning: 0x27 on .*-absent: ENOENT/.test(line)));
});

test('the night of the configuration is the night of the lights', async (t) => {
  const box = parts(t);
  const strip = join(box.kernelLeds, 'leds0');
  writeFileSync(strip, '');
  const text = `
  lights: { brightness: 1, nightFrom: "21:30", nightUntil: "06:00", nightBrightness: 0.5 }
  strip: { kind: ws2812-pio, device: ${strip}, leds: 2 }`;
  for (const [time, green] of [
    ['21:29', 255],
    ['21:30', 56],
    ['05:59', 56],
    ['06:00', 255],
  ] as const) {
    const clock = new ManualClock(instantInNewYork('2026-03-20', time));
    const panel = await hardwarePanel(settings(text), { ...box, clock });
    await panel?.start();
    panel?.show(snapshot());
    for (let tries = 0; tries < 500 && readFileSync(strip)[1] !== green; tries += 1) {
      await clock.advanceTo(clock.now() + 10);
      await sleep(1);
    }
    assert.equal(readFileSync(strip)[1], green, time);
    await panel?.stop();
  }
});
