import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { instantInNewYork } from '../../../../../agent/core/calendar/new-york.ts';
import {
  DisplayPanel,
  type DisplayPanelOptions,
} from '../../../../../agent/edges/hardware/gpio/display/display-panel.ts';
import { alertsOf } from '../../../../../agent/edges/hardware/text-alerts.ts';
import { pagesOf } from '../../../../../agent/edges/hardware/text-pages.ts';
import { ManualClock } from '../../../../../agent/edges/system/manual/clock.ts';
import { until } from '../../../../contracts/gpio-lines.ts';
import { SimulatedPort, simulatedChip } from '../../../../ground/gpio/simulated-port.ts';
import { halted, snapshot } from '../../../status/snapshot-fixture.ts';
import { SimulatedLcd } from './simulated-lcd.ts';

const NOON = instantInNewYork('2026-03-20', '12:04');
const [CLK, DT] = [16, 26];
const DIMMING = { brightness: 1, nightFrom: 22 * 60, nightUntil: 7 * 60, nightBrightness: 0 };

/** A box with a display on its bus. */
class Box {
  readonly chip = simulatedChip({ path: '/dev/gpiochip0', label: 'pinctrl-rp1' });
  readonly port = new SimulatedPort([this.chip]);
  readonly clock = new ManualClock(NOON);
  readonly told: string[] = [];
  lcd = new SimulatedLcd();
  opened = 0;
  refuses: string | null = null;

  panel(changes: Partial<DisplayPanelOptions> = {}): DisplayPanel {
    return new DisplayPanel({
      ...{ device: '/dev/i2c-1', address: 0x27, encoder: null, labels: ['pinctrl-rp1'], dimming: DIMMING },
      ...{ clock: this.clock, openPort: async () => this.port },
      openBus: async () => {
        this.opened += 1;
        if (this.refuses !== null) throw new Error(this.refuses);
        this.lcd.isOpen = true;
        return this.lcd;
      },
      onState: (part, state, detail) => this.told.push(`${part} ${state}: ${detail}`),
      ...changes,
    });
  }

  title(): string {
    return this.lcd.rows?.[0]?.replace(/ +(\d\d:\d\d)?$/, '') ?? 'dark';
  }

  async shows(title: string): Promise<void> {
    for (let tries = 0; tries < 50 && this.title() !== title; tries += 1) await this.pass(250);
    assert.equal(this.title(), title);
  }

  /** Clock and whatever writes. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceTo(this.clock.now() + ms);
    for (let turns = 0; turns < 12; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function shown(t: TestContext, box: Box, changes: Partial<DisplayPanelOptions> = {}): Promise<DisplayPanel> {
  const panel = box.panel(changes);
  t.after(() => panel.stop());
  await panel.start();
  panel.show(snapshot());
  await box.pass(300);
  return panel;
}

test('what is on the display is the page, without a cursor, lit, and dark at the end', async (t) => {
  const box = new Box();
  const panel = await shown(t, box);
  const [trading] = pagesOf(snapshot(), NOON).filter(({ page }) => page === 'trading');
  assert.deepEqual(box.lcd.rows, trading?.rows);
  assert.deepEqual([box.lcd.lit, box.lcd.cursor], [true, false]);
  assert.deepEqual(box.told, ['Display ok: 0x27 on /dev/i2c-1']);
  await panel.stop();
  assert.deepEqual([box.lcd.rows, box.lcd.lit, box.lcd.isOpen], [null, false, false]);
});

test('only rows that changed are written, each as one transfer, four times a second at most', async (t) => {
  const box = new Box();
  const panel = await shown(t, box);
  const begun = box.lcd.transfers.length;
  panel.show(snapshot({ sequence: 2 }));
  await box.pass(1_000);
  assert.equal(box.lcd.transfers.length, begun);
  for (let n = 0; n < 100; n += 1) {
    panel.show(snapshot({ profit: { ...snapshot().profit, day: n } }));
    await box.pass(10);
  }
  await box.pass(300);
  const written = box.lcd.transfers.slice(begun);
  assert.deepEqual([...new Set(written)], [84], 'bytes for a row');
  assert.ok(written.length >= 4 && written.length <= 6, String(written.length));
  assert.equal(box.lcd.rows?.[2], 'Day           +99.00'.padEnd(20).slice(0, 20));
});

test('while nobody turns it shows the page of the mode, and a minute later another time', async (t) => {
  const box = new Box();
  const panel = await shown(t, box);
  panel.show(snapshot({ mode: 'research' }));
  await box.shows('RESEARCH 1/2');
  panel.show(snapshot({ mode: 'prep' }));
  await box.shows('MARKET 1/2');
  const begun = box.lcd.transfers.length;
  await box.pass(60_000);
  assert.equal(box.lcd.rows?.[0], 'MARKET 1/2     12:05');
  assert.ok(box.lcd.transfers.length - begun <= 4);
});

test('the knob turns pages by the click, either way, and home comes by itself', async (t) => {
  const box = new Box();
  await shown(t, box, { encoder: [CLK, DT] });
  const click = async (first: number, second: number): Promise<void> => {
    for (const [line, level] of [
      [first, 0],
      [second, 0],
      // It bounces.
      [second, null],
      [second, 0],
      [first, null],
      [second, null],
    ] as const) {
      box.port.drive(box.chip, line, level);
      box.port.pass(500);
      box.port.pass(1_500);
    }
  };
  assert.equal(box.title(), 'TRADING 1/2');
  await click(CLK, DT);
  await until(() => box.port.openFiles === 1);
  await box.shows('TRADING 2/2');
  await click(CLK, DT);
  await box.shows('POSITIONS');
  await click(DT, CLK);
  await box.shows('TRADING 2/2');
  await box.pass(61_000);
  await box.shows('TRADING 1/2');
  assert.deepEqual(box.told, ['Encoder ok: lines 16 and 26 of pinctrl-rp1', 'Display ok: 0x27 on /dev/i2c-1']);
});

test('an alert takes the display over while it holds, whatever somebody has turned to, also where the night is dark', async (t) => {
  const box = new Box();
  const panel = await shown(t, box);
  await box.pass(instantInNewYork('2026-03-20', '22:30') - box.clock.now());
  await box.pass(300);
  assert.equal(box.lcd.lit, false);
  const alerts = (['The disk is full', 'It is hot'] as const).map((text) => ({
    ...{ severity: 'critical' as const, text, raisedAt: NOON },
  }));
  panel.show(snapshot({ alerts }));
  await box.shows('ALERT            1/2');
  panel.turn(1);
  await box.shows('ALERT            2/2');
  const halt = snapshot({ ...halted(false), alerts });
  panel.show(halt);
  await box.shows('HALT UNCONFIRMED 1/3');
  assert.deepEqual(box.lcd.rows, alertsOf(halt)[0]?.rows);
  assert.equal(box.lcd.lit, true);
  panel.show(snapshot());
  await box.shows('TRADING 1/2');
  assert.equal(box.lcd.lit, false);
});

test('no device, a wrong address, no permission: told once, looked for again, and shown when it is there', async (t) => {
  for (const reason of ['ENOENT: no such file /dev/i2c-1', 'EACCES: permission denied', 'ioctl 0x703: EBUSY']) {
    const box = new Box();
    box.refuses = reason;
    await shown(t, box);
    await box.pass(130_000);
    assert.deepEqual(box.told, [`Display warning: 0x27 on /dev/i2c-1: ${reason}`]);
    assert.equal(box.opened, 3);
  }
  const box = new Box();
  box.lcd.gone = 'EREMOTEIO';
  await shown(t, box);
  assert.deepEqual(box.told, ['Display warning: 0x27 on /dev/i2c-1: EREMOTEIO: write']);
  box.lcd.gone = null;
  await box.pass(61_000);
  await box.shows('TRADING 1/2');
});

test('a display that is unplugged is told once, and begun anew when it is back', async (t) => {
  const box = new Box();
  const panel = await shown(t, box);
  box.lcd.gone = 'EREMOTEIO';
  panel.show(snapshot({ mode: 'research' }));
  await box.pass(300);
  panel.show(snapshot({ mode: 'prep' }));
  await box.pass(1_000);
  assert.deepEqual(box.told.slice(1), ['Display warning: 0x27 on /dev/i2c-1: EREMOTEIO: write']);
  box.lcd = new SimulatedLcd();
  panel.show(snapshot());
  await box.pass(61_000);
  await box.shows('TRADING 1/2');
  const [trading] = pagesOf(snapshot(), box.clock.now()).filter(({ page }) => page === 'trading');
  assert.deepEqual(box.lcd.rows, trading?.rows);
  assert.equal(box.told.at(-1), 'Display ok: 0x27 on /dev/i2c-1');
});

test('half a character too many on its wires is mended within ten minutes', async (t) => {
  const box = new Box();
  const panel = await shown(t, box);
  box.lcd.disturb();
  panel.show(snapshot({ mode: 'research' }));
  await box.pass(300);
  assert.notEqual(box.title(), 'RESEARCH 1/2');
  await box.pass(601_000);
  await box.shows('RESEARCH 1/2');
  const [research] = pagesOf(snapshot(), box.clock.now()).filter(({ page }) => page === 'research');
  assert.deepEqual(box.lcd.rows?.slice(1), research?.rows.slice(1));
});
