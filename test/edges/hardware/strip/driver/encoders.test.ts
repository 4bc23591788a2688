import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { milliampsOf, outputOf, type Rgb } from '../../../../../agent/edges/hardware/strip/driver/colour.ts';
import { encodeApa102 } from '../../../../../agent/edges/hardware/strip/driver/encode-apa102.ts';
import { encodeWs2812, type Ws2812Clock } from '../../../../../agent/edges/hardware/strip/driver/encode-ws2812.ts';
import { encodeWs2812Pio } from '../../../../../agent/edges/hardware/strip/driver/encode-ws2812-pio.ts';

const RED: Rgb = [255, 0, 0];
const MIXED: Rgb = [1, 2, 3];
const ZERO_BIT_NS = [200, 500] as const;
const ONE_BIT_NS = [550, 1_000] as const;

const channel = fc.integer({ min: 0, max: 255 });
const pixels = fc.array(fc.tuple(channel, channel, channel), { minLength: 1, maxLength: 60 });

test('APA102: two LEDs are 32 zero bits, blue green red behind the brightness, a latch and a clock for each', () => {
  assert.equal(encodeApa102([RED, MIXED]).toString('hex'), `00000000${'ff0000ff'}${'ff030201'}${'00000000'}${'00'}`);
  assert.equal(encodeApa102([MIXED], 4).toString('hex'), '00000000e40302010000000000');
});

test('APA102: the end has at least half a clock for each LED beyond the latch', () => {
  for (const count of [1, 16, 17, 144]) {
    const bytes = encodeApa102(Array(count).fill(RED));
    const clocks = 8 * (bytes.length - 4 - 4 * count - 4);
    assert.ok(clocks >= count / 2 && clocks < count / 2 + 8, `${count}: ${clocks}`);
  }
});

test('WS2812 at 3.2 MHz: a lead of zeros, green red blue as long and short pulses, 300 µs of zeros', () => {
  const bytes = encodeWs2812([[0xf0, 0x0f, 0x81]]);
  const lead = '00'.repeat(40);
  const [green, red, blue] = ['8888cccc', 'cccc8888', 'c888888c'];
  assert.equal(bytes.toString('hex'), `${lead}${green}${red}${blue}${'00'.repeat(120)}`);
});

test('WS2812 at 2.4 and 6.4 MHz: the same bits in 3 and in 8', () => {
  const body = (clock: Ws2812Clock, length: number): string =>
    encodeWs2812([[0xff, 0x00, 0x80]], clock).toString('hex', 40, 40 + length);
  assert.equal(body(2_400_000, 9), `${'924924'}${'db6db6'}${'d24924'}`);
  assert.equal(body(6_400_000, 24), `${'c0'.repeat(8)}${'f0'.repeat(8)}f0${'c0'.repeat(7)}`);
});

test('WS2812: as many LEDs as the kernel takes in one transfer of 4096 bytes are 440, 328 and 159', () => {
  const most = { 2400000: 440, 3200000: 328, 6400000: 159 };
  for (const [clock, count] of Object.entries(most)) {
    const length = (leds: number): number => encodeWs2812(Array(leds).fill(RED), Number(clock) as Ws2812Clock).length;
    assert.ok(length(count) <= 4096 && length(count + 1) > 4096, clock);
  }
});

test('WS2812: whatever is shown, its pulses read back as what was shown', () => {
  const clocks = fc.constantFrom<Ws2812Clock>(2_400_000, 3_200_000, 6_400_000);
  fc.assert(
    fc.property(pixels, clocks, (shown, clock) =>
      assert.deepEqual(readPulses(encodeWs2812(shown, clock), clock), shown),
    ),
  );
});

test('ws2812-pio: four bytes each, white stays dark', () => {
  assert.equal(encodeWs2812Pio([RED, MIXED]).toString('hex'), 'ff00000001020300');
});

test('gamma makes half as bright to the eye a fifth of the light, and leaves nothing dark that is lit', () => {
  const full = { brightness: 1, maxMilliamps: null };
  assert.deepEqual(outputOf([[255, 128, 0]], full), [[255, 56, 0]]);
  assert.deepEqual(outputOf([[1, 1, 1]], full), [[1, 1, 1]]);
  assert.deepEqual(outputOf([RED], { brightness: 0.5, maxMilliamps: null }), [[56, 0, 0]]);
  assert.deepEqual(outputOf([RED], { brightness: 0, maxMilliamps: null }), [[0, 0, 0]]);
});

test('a strip never draws more than its supply gives, and keeps its colours in proportion', () => {
  assert.equal(milliampsOf([[255, 255, 255]]), 60);
  assert.deepEqual(outputOf([RED, RED], { brightness: 1, maxMilliamps: 20 }), [
    [127, 0, 0],
    [127, 0, 0],
  ]);
  fc.assert(
    fc.property(
      pixels,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 3600 }),
      (shown, brightness, most) => {
        assert.ok(milliampsOf(outputOf(shown, { brightness, maxMilliamps: most })) <= most);
      },
    ),
  );
});

/** What a chip would make of the line: runs of high, each a bit by its length. */
function readPulses(bytes: Buffer, clock: number): Rgb[] {
  const line = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const bits = (line.match(/1+/g) ?? []).map((pulse) => {
    const ns = (pulse.length / clock) * 1e9;
    if (ns >= ZERO_BIT_NS[0] && ns <= ZERO_BIT_NS[1]) return 0;
    assert.ok(ns >= ONE_BIT_NS[0] && ns <= ONE_BIT_NS[1], `${ns} ns is no bit`);
    return 1;
  });
  const values = (bits.join('').match(/.{8}/g) ?? []).map((bits8) => Number.parseInt(bits8, 2));
  return Array.from({ length: values.length / 3 }, (_, index) => {
    const [green = 0, red = 0, blue = 0] = values.slice(3 * index);
    return [red, green, blue];
  });
}
