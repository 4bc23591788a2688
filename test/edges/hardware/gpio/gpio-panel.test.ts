import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { instantInNewYork } from '../../../../agent/core/calendar/new-york.ts';
import { GpioPanel, type GpioPanelOptions } from '../../../../agent/edges/hardware/gpio/gpio-panel.ts';
import type { Light } from '../../../../agent/edges/hardware/light.ts';
import { SHUTDOWN_HOLD_MS } from '../../../../agent/edges/hardware/press.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { until } from '../../../contracts/gpio-lines.ts';
import { SimulatedPort, simulatedChip } from '../../../ground/gpio/simulated-port.ts';
import { halted, snapshot } from '../../status/snapshot-fixture.ts';

const NOON = instantInNewYork('2026-03-20', '12:00');
const BUTTON = 4;
const RGB_LINES = { system: [17, 27, 22], trading: [23, 24, 25], research: [16] };
const NO_LIGHTS = { system: [], trading: [], research: [] };
const DIMMING = { brightness: 1, nightFrom: 22 * 60, nightUntil: 7 * 60, nightBrightness: 0.5 };

/** A box with all its wires. */
class Box {
  readonly chip = simulatedChip({ path: '/dev/gpiochip0', label: 'pinctrl-rp1' });
  readonly port = new SimulatedPort([this.chip]);
  readonly clock = new ManualClock(NOON);
  readonly told: string[] = [];
  readonly asked: string[] = [];
  #heard = 0;
  readonly leds = mkdtempSync(`${tmpdir()}/leds-`);

  panel(changes: Partial<GpioPanelOptions>): GpioPanel {
    return new GpioPanel({
      ...{ lights: NO_LIGHTS, commonAnode: false, button: null, labels: ['pinctrl-rp1'], dimming: DIMMING },
      ...{ openPort: async () => this.port, kernelLeds: this.leds, clock: this.#watched() },
      onState: (part, state, detail) => this.told.push(`${part} ${state}: ${detail}`),
      onReset: () => this.asked.push('reset'),
      onShutdown: () => this.asked.push('shutdown'),
      ...changes,
    });
  }

  led(name: string, most: number): void {
    mkdirSync(join(this.leds, name));
    writeFileSync(join(this.leds, name, 'max_brightness'), `${most}\n`);
    writeFileSync(join(this.leds, name, 'trigger'), 'none timer [heartbeat]\n');
    writeFileSync(join(this.leds, name, 'brightness'), '0\n');
  }

  /** A file grows with each write where the kernel would take it: the last line is what counts. */
  lit(name: string): number {
    return Number(
      readFileSync(join(this.leds, name, 'brightness'), 'latin1')
        .trim()
        .split('\n')
        .at(-1),
    );
  }

  levels(...offsets: number[]): string {
    return offsets.map((offset) => this.port.levelOf(this.chip, offset)).join('');
  }

  /** Holds the button for so long by the clock; debounce of the kernel and of johnny-five passes in real time. */
  async press(ms: number): Promise<void> {
    await this.button(0);
    await this.clock.advanceTo(this.clock.now() + ms);
    await this.button(null);
  }

  async button(level: 0 | null): Promise<void> {
    const before = this.#heard;
    this.port.drive(this.chip, BUTTON, level);
    this.port.pass(20_000);
    await until(() => this.#heard > before);
  }

  /** The panel's clock, on which a press is heard by the alarm for the shutdown that it sets, and its end by that alarm's end. */
  #watched(): GpioPanelOptions['clock'] {
    const { clock } = this;
    return {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (delayMs, work) => {
        const timer = clock.after(delayMs, work);
        if (delayMs !== SHUTDOWN_HOLD_MS) return timer;
        this.#heard += 1;
        return {
          cancel: () => {
            timer.cancel();
            this.#heard += 1;
          },
        };
      },
    };
  }
}

function box(t: TestContext): Box {
  const made = new Box();
  t.after(() => {
    made.port.breakLines('ENODEV');
    rmSync(made.leds, { recursive: true });
  });
  return made;
}

const lights = (system: Light, trading: Light, research: Light): Parameters<typeof snapshot>[0] => ({
  lights: { system, trading, research },
});
const look = (colour: Light['colour'], pattern: Light['pattern']): Light => ({ colour, pattern, meaning: 'test' });
const OFF = look('off', 'solid');

test('three lights on lines show colours by red, green and blue, and a plain LED its pattern', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: RGB_LINES });
  await panel.start();
  assert.equal(made.levels(17, 27, 22, 23, 24, 25, 16), '0000000');
  panel.show(snapshot(lights(look('green', 'solid'), look('yellow', 'solid'), look('blue', 'solid'))));
  assert.equal(made.levels(17, 27, 22, 23, 24, 25, 16), '0101101');
  panel.show(snapshot(lights(look('red', 'solid'), look('blue', 'solid'), OFF)));
  assert.equal(made.levels(17, 27, 22, 23, 24, 25, 16), '1000010');
  await panel.stop();
  assert.equal(made.port.openFiles, 0);
  assert.deepEqual(made.told, ['Lights ok: lines 17, 27, 22, 23, 24, 25, 16']);
});

test('with a common anode a line that is low lights its LED, and all are dark before and after', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: { ...NO_LIGHTS, system: [17, 27, 22] }, commonAnode: true });
  await panel.start();
  assert.equal(made.levels(17, 27, 22), '111');
  panel.show(snapshot(lights(look('yellow', 'solid'), OFF, OFF)));
  assert.equal(made.levels(17, 27, 22), '001');
  made.port.keepsOutputs = true;
  await panel.stop();
  assert.equal(made.levels(17, 27, 22), '111');
});

test('patterns move with the clock, and a halt is followed at once', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: RGB_LINES });
  await panel.start();
  panel.show(snapshot(halted(true)));
  const seen: string[] = [];
  for (let step = 0; step < 8; step += 1) {
    seen.push(made.levels(17, 27));
    await made.clock.advanceTo(made.clock.now() + 250);
  }
  assert.deepEqual(seen, ['10', '10', '00', '00', '10', '10', '00', '00']);
  panel.show(snapshot());
  assert.equal(made.levels(17, 27), '01');
  for (const wait of [110, 230, 370, 510, 730]) {
    await made.clock.advanceTo(made.clock.now() + wait);
    panel.show(snapshot(halted(wait % 2 === 0)));
    assert.equal(made.levels(17, 27), '10', 'it begins lit, whenever that is');
    panel.show(snapshot());
  }
  await panel.stop();
});

test('LEDs of the kernel are taken from their trigger, have levels, are dimmed at night and dark at the end', async (t) => {
  const made = box(t);
  for (const name of ['red', 'green', 'blue']) made.led(name, 255);
  made.led('plain', 1);
  const panel = made.panel({ lights: { system: ['red', 'green', 'blue'], trading: ['plain'], research: [] } });
  await panel.start();
  assert.equal(readFileSync(join(made.leds, 'red', 'trigger'), 'latin1'), 'none');
  const now = (): number[] => ['red', 'green', 'blue', 'plain'].map((name) => made.lit(name));
  panel.show(snapshot(lights(look('yellow', 'solid'), look('green', 'solid'), OFF)));
  assert.deepEqual(now(), [255, 140, 0, 1]);
  await made.clock.advanceTo(instantInNewYork('2026-03-20', '22:01'));
  assert.deepEqual(now(), [55, 30, 0, 1]);
  await panel.stop();
  assert.deepEqual(now(), [0, 0, 0, 0]);
  assert.deepEqual(made.told, ['Lights ok: LEDs red, green, blue, plain']);
});

test('a light that breathes has many levels', async (t) => {
  const made = box(t);
  made.led('soft', 255);
  const panel = made.panel({ lights: { ...NO_LIGHTS, research: ['soft'] } });
  await panel.start();
  panel.show(snapshot(lights(OFF, OFF, look('blue', 'breathing'))));
  const seen = new Set<number>();
  for (let step = 0; step < 25; step += 1) {
    await made.clock.advanceTo(made.clock.now() + 80);
    seen.add(made.lit('soft'));
  }
  assert.ok(seen.size > 12, String(seen.size));
  await panel.stop();
});

test('short presses go through the views, and the status comes back by itself', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: RGB_LINES, button: BUTTON });
  await panel.start();
  const connections = [
    { name: 'Broker', state: 'ok' as const, detail: '', since: NOON },
    { name: 'Guard', state: 'ok' as const, detail: '', since: NOON },
  ];
  const profit = { ...snapshot().profit, day: -5 };
  panel.show(
    snapshot({ ...lights(look('blue', 'solid'), look('blue', 'solid'), OFF), connections, profit, alerts: [] }),
  );
  const system = (): string => made.levels(17, 27, 22);
  assert.equal(system(), '001');
  await made.press(100);
  assert.equal(system(), '010');
  await made.press(100);
  assert.equal(system(), '110');
  await made.press(100);
  assert.equal(system(), '001');
  await made.press(100);
  await made.clock.advanceTo(made.clock.now() + 21_000);
  assert.equal(system(), '001');
  assert.deepEqual(made.asked, []);
  assert.deepEqual(made.told.at(-1), 'Button ok: line 4 of pinctrl-rp1');
  await panel.stop();
});

test('held for 3 seconds and let go it takes part in a reset, and says so while a halt stays visible', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: { ...RGB_LINES, research: [5, 6, 7] }, button: BUTTON });
  await panel.start();
  panel.show(snapshot(halted(true)));
  await made.press(2_000);
  assert.deepEqual(made.asked, []);
  await made.button(0);
  await made.clock.advanceTo(made.clock.now() + 2_900);
  assert.equal(made.levels(5, 6, 7), '000');
  const seen = new Set<string>();
  for (let step = 0; step < 20; step += 1) {
    await made.clock.advanceTo(made.clock.now() + 100);
    seen.add(`${made.levels(17, 27, 22)} ${made.levels(5, 6, 7)}`);
  }
  assert.deepEqual([...seen].sort(), ['000 000', '000 001', '100 000', '100 001']);
  assert.deepEqual(made.asked, []);
  await made.button(null);
  assert.deepEqual(made.asked, ['reset']);
  await panel.stop();
});

test('held for 10 seconds it asks for a shutdown while it is still down, and for nothing else', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: RGB_LINES, button: BUTTON });
  await panel.start();
  panel.show(snapshot());
  await made.press(12_000);
  assert.deepEqual(made.asked, ['shutdown']);
  await panel.stop();
});

test('what is not there is told, and the rest works', async (t) => {
  const made = box(t);
  made.port.hold(made.chip, BUTTON, 'gpio-keys');
  made.led('there', 1);
  const panel = made.panel({ lights: { system: ['there'], trading: ['absent'], research: [300] }, button: BUTTON });
  await panel.start();
  panel.show(snapshot(lights(look('green', 'solid'), look('green', 'solid'), look('green', 'solid'))));
  assert.equal(made.lit('there'), 1);
  assert.match(made.told[0] ?? '', /^Lights warning: pinctrl-rp1 has 54 lines and no line 300; LED absent: ENOENT/);
  assert.equal(made.told[1], 'Button warning: line 4 of pinctrl-rp1 is held by gpio-keys');
  await panel.stop();
});

test('a machine without a chip says so and does without', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: RGB_LINES, button: BUTTON, openPort: async () => null });
  await panel.start();
  panel.show(snapshot());
  await panel.stop();
  assert.deepEqual(made.told, [
    'Lights warning: this machine has no GPIO chip',
    'Button warning: this machine has no GPIO chip',
  ]);
});

test('lines that go away while they are used are told once', async (t) => {
  const made = box(t);
  const panel = made.panel({ lights: RGB_LINES, button: BUTTON });
  await panel.start();
  made.port.breakLines('ENODEV');
  panel.show(snapshot(halted(true)));
  await made.clock.advanceTo(made.clock.now() + 3_000);
  await until(() => made.told.length >= 4);
  assert.deepEqual(made.told.slice(2).sort(), ['Button warning: ENODEV', 'Lights warning: ENODEV']);
  await panel.stop();
});
