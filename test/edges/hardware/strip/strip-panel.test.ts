import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { instantInNewYork } from '../../../../agent/core/calendar/new-york.ts';
import { StripPanel } from '../../../../agent/edges/hardware/strip/strip-panel.ts';
import {
  type Lamp,
  pixelsAt,
  stripPicture,
  untilNextPicture,
} from '../../../../agent/edges/hardware/strip/strip-picture.ts';
import type { StatusSnapshot } from '../../../../agent/edges/status/snapshot.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { halted, snapshot } from '../../status/snapshot-fixture.ts';

const NOON = instantInNewYork('2026-03-20', '12:00');
const SIZE = { length: 5, fullBar: 0.01 };
const LETTERS = { off: '.', green: 'g', yellow: 'y', red: 'r', blue: 'b' } as const;
const DIMMING = { brightness: 1, nightFrom: 22 * 60, nightUntil: 7 * 60, nightBrightness: 0.5 };

/** One letter for each LED, a capital where it is fully lit. */
function letters(changes: Partial<StatusSnapshot>): string {
  return stripPicture(snapshot(changes), SIZE).map(letterOf).join('');
}

function letterOf({ colour, share }: Lamp): string {
  return share === 1 ? LETTERS[colour].toUpperCase() : LETTERS[colour];
}

const profit = (day: number | null, equity: number | null = 100_000): Partial<StatusSnapshot> => ({
  profit: { ...snapshot().profit, day, equity },
});

const researching = (progress: { done: number; of: number } | null): Partial<StatusSnapshot> => {
  const { lights, schedule } = snapshot();
  const run = { name: 'sweep', title: 'Sweep', since: NOON, estimateMinutes: 60 };
  return {
    mode: 'research',
    lights: { ...lights, research: { colour: 'blue', pattern: 'breathing', meaning: 'running' } },
    schedule: { ...schedule, running: [{ ...run, progress: progress === null ? null : { ...progress, best: '' } }] },
  };
};

test('the day: the mode first, a profit grows from the beginning, a loss from the end, each to the size of the day', () => {
  assert.equal(letters(profit(0)), 'G....');
  assert.equal(letters(profit(500)), 'GGG..');
  assert.equal(letters(profit(125)), 'Gg...');
  assert.equal(letters(profit(5_000)), 'GGGGG');
  assert.equal(letters(profit(-250)), 'G...R');
  assert.equal(letters(profit(-99_000)), 'GRRRR');
});

test('a profit that is not known, or of what is not known, is no bar', () => {
  assert.equal(letters(profit(null)), 'G....');
  assert.equal(letters(profit(100, null)), 'G....');
  assert.equal(letters(profit(100, 0)), 'G....');
});

test('profit and loss differ in movement as well as in colour', () => {
  const patternOf = (changes: Partial<StatusSnapshot>): string | undefined =>
    stripPicture(snapshot(changes), SIZE).findLast(({ share }) => share > 0)?.pattern;
  assert.equal(patternOf(profit(900)), 'solid');
  assert.equal(patternOf(profit(-900)), 'breathing');
});

test('while research runs the bar is its progress, and the profit where it does not say', () => {
  assert.equal(letters({ ...researching({ done: 30, of: 40 }), ...profit(0) }), 'BBBB.');
  assert.equal(letters({ ...researching({ done: 50, of: 40 }), ...profit(0) }), 'BBBBB');
  assert.equal(letters({ ...researching(null), ...profit(250) }), 'BG...');
});

test('a halt takes the whole strip, faster when nobody has confirmed it', () => {
  assert.equal(letters({ ...halted(true), ...profit(500) }), 'RRRRR');
  const patterns = (confirmed: boolean): string[] =>
    stripPicture(snapshot(halted(confirmed)), SIZE).map(({ pattern }) => pattern);
  assert.deepEqual(patterns(true), Array(5).fill('blinking'));
  assert.deepEqual(patterns(false), Array(5).fill('fast'));
});

test('a program that does not run is a dark strip', () => {
  const off = { colour: 'off', pattern: 'solid', meaning: 'stopped' } as const;
  assert.equal(letters({ lights: { system: off, trading: off, research: off } }), '.....');
});

test('a lamp is its colour, dimmed by its share and where its pattern stands', () => {
  const lamp: Lamp = { colour: 'red', pattern: 'blinking', share: 0.5 };
  assert.deepEqual([pixelsAt([lamp], 0), pixelsAt([lamp], 500)], [[[128, 0, 0]], [[0, 0, 0]]]);
  assert.equal(untilNextPicture([lamp], 100), 400);
  assert.equal(untilNextPicture([{ ...lamp, share: 0 }], 100), null);
});

function device(t: TestContext): string {
  const folder = mkdtempSync(`${tmpdir()}/strip-`);
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'leds0');
}

function panel(path: string, clock: ManualClock): { panel: StripPanel; states: string[] } {
  const states: string[] = [];
  const strip = new StripPanel({
    ...{ kind: 'ws2812-pio', device: path, leds: 2, maxMilliamps: 1_000, fullBar: 0.01, dimming: DIMMING, clock },
    onState: (state, detail) => states.push(`${state}: ${detail}`),
  });
  return { panel: strip, states };
}

test('the strip follows the record, moves by itself, and is dark when the program ends', async (t) => {
  const path = device(t);
  writeFileSync(path, '');
  const clock = new ManualClock(NOON);
  const { panel: strip, states } = panel(path, clock);
  const shown = (): string => readFileSync(path).toString('hex');
  /** Steps of the clock with real time in between, because the file is a real one. */
  const see = async (wanted: string): Promise<void> => {
    for (let tries = 0; tries < 500 && shown() !== wanted; tries += 1) {
      await clock.advanceTo(clock.now() + 25);
      await sleep(1);
    }
    assert.equal(shown(), wanted);
  };
  await strip.start();
  strip.show(snapshot(profit(2_000)));
  await see('00ff000000ff0000');
  strip.show(snapshot(halted(true)));
  const [lit, dark] = ['ff000000ff000000', '0000000000000000'];
  for (const look of [dark, lit, dark, lit]) await see(look);
  await strip.stop();
  assert.equal(shown(), dark);
  assert.deepEqual(states, [`ok: 2 LEDs (ws2812-pio) on ${path}`]);
});

test('at night a picture that stands still is dimmed all the same', async (t) => {
  const path = device(t);
  writeFileSync(path, '');
  const clock = new ManualClock(instantInNewYork('2026-03-20', '21:59:50'));
  const { panel: strip } = panel(path, clock);
  await strip.start();
  strip.show(snapshot(profit(2_000)));
  await clock.advanceTo(clock.now() + 100);
  await clock.advanceTo(clock.now() + 40_000);
  const written = (): string => readFileSync(path).toString('hex');
  const patience = Date.now() + 10_000;
  while (written() !== '0038000000380000' && Date.now() < patience) await new Promise(setImmediate);
  assert.equal(written(), '0038000000380000');
  await strip.stop();
});

test('without the device the program runs on and says so', async (t) => {
  const { panel: strip, states } = panel(device(t), new ManualClock(NOON));
  await strip.start();
  strip.show(snapshot());
  await strip.stop();
  assert.equal(states.length, 1);
  assert.match(states[0] ?? '', /^warning: .*leds0: ENOENT/);
});
