import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Rgb } from '../../../../../agent/edges/hardware/strip/driver/colour.ts';
import { encodeApa102 } from '../../../../../agent/edges/hardware/strip/driver/encode-apa102.ts';
import { encodeWs2812Pio } from '../../../../../agent/edges/hardware/strip/driver/encode-ws2812-pio.ts';
import { type FrameSink, FreshFile, SpiFile } from '../../../../../agent/edges/hardware/strip/driver/frame-file.ts';
import { LedStrip } from '../../../../../agent/edges/hardware/strip/driver/led-strip.ts';
import { ManualClock } from '../../../../../agent/edges/system/manual/clock.ts';

const RED: Rgb = [255, 0, 0];
const BLUE: Rgb = [0, 0, 255];
const DRIVER = new URL('../../../../../agent/edges/hardware/strip/driver/', import.meta.url);

function folder(t: TestContext): string {
  const path = mkdtempSync(`${tmpdir()}/strip-`);
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** Keeps frames; fails when told. */
class SinkInMemory implements FrameSink {
  readonly frames: string[] = [];
  failing = false;
  async open(): Promise<void> {}
  async close(): Promise<void> {}
  async write(frame: Uint8Array): Promise<void> {
    if (this.failing) throw new Error('EIO');
    this.frames.push(Buffer.from(frame).toString('hex'));
  }
}

function strip(length: number): {
  strip: LedStrip;
  sink: SinkInMemory;
  clock: ManualClock;
  troubles: (string | null)[];
} {
  const sink = new SinkInMemory();
  const clock = new ManualClock(0);
  const troubles: (string | null)[] = [];
  const onTrouble = (reason: string | null): void => void troubles.push(reason);
  const light = { brightness: 1, maxMilliamps: null, encode: encodeWs2812Pio };
  return { strip: new LedStrip({ length, ...light, sink, pace: clock, onTrouble }), sink, clock, troubles };
}

test('a strip is dark from its start and when it ends, and what is not given is dark', async () => {
  const { strip: leds, sink, clock } = strip(2);
  await leds.start();
  leds.show([RED]);
  await clock.advanceTo(1_000);
  await leds.stop();
  leds.show([BLUE]);
  await clock.advanceTo(2_000);
  assert.deepEqual(sink.frames, ['00'.repeat(8), 'ff00000000000000', '00'.repeat(8)]);
});

test('what looks the same is not written again', async () => {
  const { strip: leds, sink, clock } = strip(1);
  await leds.start();
  for (let at = 100; at < 2_000; at += 100) {
    leds.show([RED]);
    await clock.advanceTo(at);
  }
  assert.deepEqual(sink.frames, ['00000000', 'ff000000']);
});

test('there are 20 frames a second at most, and the newest is shown', async () => {
  const { strip: leds, sink, clock } = strip(1);
  await leds.start();
  const before = sink.frames.length;
  for (let at = 1; at <= 1_000; at += 1) {
    leds.show([[at % 256, 0, 0]]);
    await clock.advanceTo(at);
  }
  await clock.advanceTo(1_100);
  const frames = sink.frames.slice(before);
  assert.ok(frames.length >= 18 && frames.length <= 21, String(frames.length));
  assert.equal(frames.at(-1), 'cf000000');
});

test('a device that fails is told of once, is not hammered, and shows the next picture when it is back', async () => {
  const { strip: leds, sink, clock, troubles } = strip(1);
  await leds.start();
  sink.failing = true;
  leds.show([RED]);
  await clock.advanceTo(5_000);
  leds.show([BLUE]);
  await clock.advanceTo(6_000);
  assert.deepEqual(troubles, ['EIO']);
  sink.failing = false;
  leds.show([BLUE]);
  await clock.advanceTo(7_000);
  assert.equal(sink.frames.at(-1), '0000ff00');
  assert.deepEqual(troubles, ['EIO', null]);
});

test('dimming holds from the next frame on', async () => {
  const { strip: leds, sink, clock } = strip(1);
  await leds.start();
  leds.dim(0.5);
  leds.show([RED]);
  await clock.advanceTo(100);
  assert.equal(sink.frames.at(-1), '38000000');
});

test('spidev is written to through one open file, frame after frame', async (t) => {
  const path = join(folder(t), 'spidev0.0');
  execFileSync('sh', ['-c', `mkfifo ${path}`]);
  const reader = openSync(path, constants.O_RDWR);
  t.after(() => closeSync(reader));
  const sink = new SpiFile(path);
  await sink.open();
  const frame = encodeApa102([RED, BLUE]);
  for (let times = 0; times < 2; times += 1) await sink.write(frame);
  const got = Buffer.alloc(100);
  const length = readSync(reader, got);
  assert.deepEqual(got.subarray(0, length), Buffer.concat([frame, frame]));
  await sink.close();
  await assert.rejects(sink.write(frame), { code: 'STRIP_CLOSED' });
});

test('/dev/leds0 gets each frame from its beginning', async (t) => {
  const path = join(folder(t), 'leds0');
  writeFileSync(path, '');
  const sink = new FreshFile(path);
  await sink.open();
  await sink.write(encodeWs2812Pio([RED, RED]));
  await sink.write(encodeWs2812Pio([BLUE, RED]));
  assert.equal(readFileSync(path).toString('hex'), '0000ff00ff000000');
});

test('a device that is not there is said at the start', async (t) => {
  const path = join(folder(t), 'nothing');
  for (const sink of [new SpiFile(path), new FreshFile(path)]) await assert.rejects(sink.open(), { code: 'ENOENT' });
});

test('the driver stands alone: it imports nothing from outside its folder but Node itself', () => {
  for (const name of readdirSync(DRIVER)) {
    const source = readFileSync(new URL(name, DRIVER), 'utf8');
    const imports = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '');
    for (const from of imports) assert.match(from, /^(node:|\.\/)/, name);
  }
});
